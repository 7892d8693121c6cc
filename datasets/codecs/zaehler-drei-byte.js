// A pedestrian counter (example of this project, no maker's device): port 1, big endian.
//   byte 0      battery, tenths of a volt
//   byte 1-2    people counted in the interval
//   byte 3      length of the interval in units of 10 s; may be missing, then 1
// Written for The Things Stack and ChirpStack v4.
function decodeUplink(input) {
  var bytes = input.bytes;
  if (input.fPort !== 1) {
    return { errors: ["unknown port " + input.fPort] };
  }
  if (bytes.length < 3) {
    return { errors: ["expected 3 bytes, got " + bytes.length] };
  }
  var warnings = [];
  var battery = bytes[0] / 10;
  if (battery < 3.0) {
    warnings.push("battery low");
  }
  return {
    data: {
      count: (bytes[1] << 8) | bytes[2],
      interval_s: 10 * (bytes.length > 3 ? bytes[3] : 1),
      battery: battery,
    },
    warnings: warnings,
  };
}
