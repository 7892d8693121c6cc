// What is sent without a net waits on the device and leaves by itself, one after the other.

export const random = (bytes) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (b) => b.toString(16).padStart(2, "0")).join("");

// name: where it is kept; waiting: element that says how many wait (words with {n});
// post(entry): sends one and returns the reply; refused(reply, entry): is told
// what the server will never take.
export const queueOf = (name, waiting, words, post, refused = () => {}) => {
  const read = () => JSON.parse(localStorage.getItem(name) || "[]");
  const write = (entries) => {
    localStorage.setItem(name, JSON.stringify(entries));
    waiting.hidden = !entries.length;
    waiting.textContent = words.replace("{n}", entries.length);
  };
  let sending = false;
  const flush = async () => {
    if (sending) return;
    sending = true;
    try {
      for (let entries = read(); entries.length; entries = read()) {
        const reply = await post(entries[0]);
        // Later, by itself: the server is ill or has too much to do.
        if (reply.status >= 500 || reply.status === 429) break;
        if (!reply.ok) await refused(reply, entries[0]);
        write(read().filter((entry) => entry.id !== entries[0].id));
      }
    } catch {
      // Still no net.
    }
    sending = false;
  };
  addEventListener("online", flush);
  write(read());
  flush();
  return { add: (entry) => write([...read(), entry]), flush };
};
