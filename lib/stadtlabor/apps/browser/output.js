// The Output widget: shows what Python prints and displays into it, as interact() does.
import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";

const SHOWN = ["display_data", "execute_result", "stream", "error"];

export class OutputModel extends DOMWidgetModel {
  defaults() {
    return {
      ...super.defaults(),
      _model_name: "OutputModel",
      _model_module: "@jupyter-widgets/output",
      _view_name: "OutputView",
      _view_module: "@jupyter-widgets/output",
      outputs: [],
      msg_id: "",
    };
  }

  initialize(attributes, options) {
    super.initialize(attributes, options);
    this.clearNext = false;
    this.listenTo(this, "change:msg_id", this.capture);
    this.capture();
  }

  /** Take over what the kernel sends in answer to the message that Python names. */
  capture() {
    this.hook?.dispose();
    this.hook = undefined;
    const id = this.get("msg_id");
    const kernel = this.widget_manager.kernel;
    if (!id || !kernel) return;
    const hook = (message) => {
      this.take(message);
      return false; // nobody else shows it
    };
    kernel.registerMessageHook(id, hook);
    this.hook = { dispose: () => kernel.removeMessageHook(id, hook) };
  }

  take({ header, content }) {
    if (header.msg_type === "clear_output") {
      this.clearNext = content.wait;
      if (!content.wait) this.show([]);
      return;
    }
    if (!SHOWN.includes(header.msg_type)) return;
    const kept = this.clearNext ? [] : this.get("outputs");
    this.clearNext = false;
    this.show([...kept, { output_type: header.msg_type, ...content }]);
  }

  show(outputs) {
    this.set("outputs", outputs);
    this.save_changes();
  }
}

export class OutputView extends DOMWidgetView {
  render() {
    super.render();
    this.el.classList.add("jupyter-widgets", "jupyter-widget-output");
    this.listenTo(this.model, "change:outputs", this.draw);
    this.draw();
  }

  draw() {
    this.el.replaceChildren(...this.model.get("outputs").map((each) => this.part(each)));
  }

  part(output) {
    const box = document.createElement("div");
    const data = output.data ?? {};
    const view = data["application/vnd.jupyter.widget-view+json"];
    const drawn = data["text/html"] ?? data["image/svg+xml"];
    if (view) {
      this.model.widget_manager.show(view.model_id, box);
    } else if (output.output_type === "error") {
      box.textContent = document.getElementById("inhalt").dataset.part; // no traceback reaches a visitor
    } else if (drawn !== undefined) {
      box.innerHTML = text(drawn);
    } else if (data["image/png"]) {
      const image = new Image();
      image.src = `data:image/png;base64,${data["image/png"]}`;
      box.append(image);
    } else {
      const words = document.createElement("pre");
      words.textContent = text(data["text/plain"] ?? output.text ?? "");
      box.append(words);
    }
    return box;
  }
}

/** Long texts travel as lists of lines. */
const text = (told) => (Array.isArray(told) ? told.join("") : told);
