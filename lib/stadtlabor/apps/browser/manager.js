// Connects the page with its kernel and builds the widgets.
import { shims } from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default";
import { ServerConnection } from "@jupyterlab/services/lib/serverconnection";
import { Widget } from "@lumino/widgets";

import { widgetClass } from "./widgets.js";

export class Manager extends ManagerBase {
  /** Connect to the kernel of this page. */
  constructor(baseUrl, id) {
    super();
    const address = new URL(baseUrl, location.href).href;
    const serverSettings = ServerConnection.makeSettings({
      baseUrl: address,
      wsUrl: address.replace(/^http/, "ws"),
      appendToken: false,
    });
    this.kernel = new KernelConnection({
      model: { id, name: "python3" },
      serverSettings,
      commsOverSubshells: "disabled", // the server lets no visitor start threads in a kernel
    });
    this.comms = new shims.services.CommManager(this.kernel);
    // Some widgets were there before we connected; what is built of them waits until all are known.
    this.early = new Map();
    this.kernel.registerCommTarget(this.comm_target_name, (comm, message) => {
      if (this.early) this.early.set(comm.commId, { comm, message });
      else return this.handle_comm_open(new shims.services.Comm(comm), message);
    });
  }

  /** Fetch the state of all widgets. */
  async load() {
    await this._loadFromKernel();
    const late = [...this.early].filter(([id]) => !this.has_model(id)); // younger than the answer
    this.early = undefined;
    await Promise.all(
      late.map(([, { comm, message }]) =>
        this.handle_comm_open(new shims.services.Comm(comm), message),
      ),
    );
  }

  /** Show a widget inside an element. */
  async show(modelId, element) {
    const view = await this.create_view(await this.get_model(modelId));
    Widget.attach(view.luminoWidget ?? view.pWidget, element);
  }

  /** Let go of the kernel. */
  dispose() {
    this.kernel.dispose();
  }

  async loadClass(name, module) {
    const found = widgetClass(module, name);
    if (!found) throw new Error(`${module}.${name} is not part of widgets.js`);
    return found;
  }

  async _create_comm(target, id, data, metadata, buffers) {
    const known = this.early?.get(id);
    if (known) return new shims.services.Comm(known.comm);
    const comm = this.kernel.createComm(target, id);
    if (data || metadata) comm.open(data, metadata, buffers);
    return new shims.services.Comm(comm);
  }

  async _get_comm_info() {
    const { content } = await this.kernel.requestCommInfo({ target_name: this.comm_target_name });
    return content.status === "ok" ? content.comms : {};
  }

  /** Labels are text: what Python calls a description is shown as it is written. */
  inline_sanitize(text) {
    const box = document.createElement("span");
    box.textContent = text;
    return box.innerHTML;
  }
}
