// A soil probe (example of this project, no maker's device): port 2, little endian.
//   byte 0-1    volumetric water content, hundredths of a percent
//   byte 2-3    temperature, hundredths of a degree Celsius, signed
// Written in the form of ChirpStack v3; newer servers take it as well.
function Decode(fPort, bytes, variables) {
  if (fPort !== 2 || bytes.length !== 4) {
    return {};
  }
  var water = bytes[0] | (bytes[1] << 8);
  var raw = bytes[2] | (bytes[3] << 8);
  var temperature = raw > 32767 ? raw - 65536 : raw;
  return { water_percent: water / 100, temp_c: temperature / 100 };
}
