// In place of jupyter-leaflet's own list of plug-ins.
import L from "leaflet";
import "leaflet-defaulticon-compatibility"; // takes the icons from the style sheet, not by request
import "leaflet-rotatedmarker";

export default L;
