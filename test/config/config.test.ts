import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config.ts";

const least = {
  AZURE_SUBSCRIPTION_ID: "00000000-0000-0000-0000-000000000001",
  AZURE_CLIENT_ID: "00000000-0000-0000-0000-000000000002",
};
const KEY = Buffer.alloc(32, 7).toString("base64");

/** The settings that are wrong, in the order in which they are named. */
function wrong(settings: Readonly<Record<string, string>>): readonly string[] {
  try {
    loadConfig({ ...least, ...settings });
    return [];
  } catch (error) {
    return [...String(error).matchAll(/^ {2}(\w+):/gm)].map(([, name = ""]) => name);
  }
}

describe("the settings of the sinks", () => {
  it("are all optional, and empty ones are none", () => {
    expect(loadConfig({ ...least, ALERT_WEBHOOK_URL: "", ITSM_USER: "" }).alerts).toEqual({});
  });

  it("turn each sink on by itself", () => {
    const incidents = "https://x.service-now.com/api/now/table/incident";
    const { alerts } = loadConfig({
      ...least,
      ALERT_WEBHOOK_URL: "https://hooks.example/alerts",
      ALERT_WEBHOOK_KEY: KEY,
      ALERT_CARD_URL: "http://127.0.0.1:8080/chat",
      ITSM_INCIDENT_URL: `${incidents}/`,
      ITSM_TOKEN: "t",
    });
    expect(alerts).toMatchObject({
      webhook: { keys: [KEY] },
      card: { style: "teams" },
      itsm: { incidentUrl: incidents, authorization: "Bearer t", closeCode: "Solution provided" },
    });
  });

  it("name every mistake at once, also those of two settings together", () => {
    expect(
      wrong({
        ALERT_WEBHOOK_KEY: "c2hvcnQ=",
        ALERT_WEBHOOK_PREVIOUS_KEY: KEY,
        ALERT_CARD_STYLE: "irc",
        ITSM_USER: "a:b",
        ITSM_INCIDENT_URL: "https://x.service-now.com/incident.do",
      }),
    ).toEqual([
      "ALERT_WEBHOOK_KEY",
      "ALERT_CARD_STYLE",
      "ITSM_INCIDENT_URL",
      "ITSM_USER",
      "ALERT_WEBHOOK_KEY",
      "ITSM_USER",
    ]);
  });

  it.each([
    "http://hooks.example/x",
    "https://user:secret@hooks.example/x",
    "ftp://127.0.0.1/x",
    "http://127.0.0.1.evil.example/",
  ])("lead nowhere in clear text, and hold no password: %s", (url) =>
    expect(wrong({ ALERT_CARD_URL: url })).toEqual(["ALERT_CARD_URL"]),
  );

  it.each([
    [{ ALERT_WEBHOOK_URL: "https://hooks.example/x" }, "ALERT_WEBHOOK_URL"],
    [{ ITSM_INCIDENT_URL: "https://x.example/api/now/table/incident" }, "ITSM_INCIDENT_URL"],
    [{ ITSM_PASSWORD: "p" }, "ITSM_PASSWORD"],
    [{ ITSM_TOKEN: "t" }, "ITSM_TOKEN"],
  ])("are not whole: %o", (settings, name) => {
    expect(wrong(settings)).toEqual([name]);
  });
});
