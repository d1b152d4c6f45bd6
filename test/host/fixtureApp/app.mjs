// The app that the host's own tests run: one small function for each thing that the host does.
import "./http.mjs";
import "./activities.mjs";
import "./entities.mjs";
import "./orchestrators.mjs";
import "./hazards.mjs";
import "./triggers.mjs";
