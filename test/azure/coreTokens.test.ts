import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CoreLab, startCoreLab } from "./coreLab.ts";

let lab: CoreLab;

beforeAll(async () => {
  lab = await startCoreLab();
});
afterAll(() => lab.stop());

const ARM = "https://management.azure.com/";

interface TokenAnswer {
  readonly status: number;
  readonly body: Record<string, string>;
}

async function ask(path: string, init: RequestInit): Promise<TokenAnswer> {
  const answer = await fetch(`${new URL(lab.azure.tokenUrl).origin}${path}`, init);
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

const claimsOf = (token: string | undefined) =>
  JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;

const use = (token: string) => lab.send("GET", "/subscriptions", { headers: { authorization: `Bearer ${token}` } });

describe("the identity endpoint", () => {
  it("speaks App Service 2019-08-01, in Azure time", async () => {
    const query = new URLSearchParams({ "api-version": "2019-08-01", resource: ARM });
    const { status, body } = await ask(`/msi/token?${query}`, {
      headers: { "x-identity-header": lab.azure.identityHeader },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ resource: ARM, token_type: "Bearer", client_id: lab.azure.app.appId });
    expect(Number(body.expires_on)).toBe(lab.clock.now() / 1000 + 24 * 60 * 60);
    expect(claimsOf(body.access_token)).toMatchObject({
      aud: ARM,
      oid: lab.azure.app.objectId,
      appid: lab.azure.app.appId,
      tid: lab.azure.tenantId,
      exp: Number(body.expires_on),
    });
  });

  it("speaks App Service 2017-09-01, with its other header, parameter and date", async () => {
    const query = new URLSearchParams({
      "api-version": "2017-09-01",
      resource: ARM,
      clientid: lab.azure.operator.appId,
    });
    const { body } = await ask(`/msi/token/?${query}`, { headers: { secret: lab.azure.identityHeader } });
    expect(claimsOf(body.access_token).oid).toBe(lab.azure.operator.objectId);
    expect(body.expires_on).toBe("11/05/2026 12:00:00 +00:00");
  });

  it("speaks the two forms of a virtual machine", async () => {
    const get = await ask(
      `/metadata/identity/oauth2/token?${new URLSearchParams({ "api-version": "2018-02-01", resource: ARM })}`,
      { headers: { metadata: "true" } },
    );
    expect(get.status).toBe(200);
    const form = new URLSearchParams({ resource: ARM, client_id: lab.azure.operator.appId });
    const post = await ask("/oauth2/token", { method: "POST", headers: { metadata: "true" }, body: form });
    expect(claimsOf(post.body.access_token).oid).toBe(lab.azure.operator.objectId);
  });

  it("knows every identity by client id, object id and resource id, and no other", async () => {
    const identity = await lab.identity(await lab.group("rg-tokens"), "id-tokens");
    const headers = { "x-identity-header": lab.azure.identityHeader };
    const askFor = (chosen: Record<string, string>) =>
      ask(`/msi/token?${new URLSearchParams({ "api-version": "2019-08-01", resource: ARM, ...chosen })}`, { headers });
    for (const chosen of [
      { client_id: identity.appId },
      { object_id: identity.objectId },
      { mi_res_id: identity.resourceId.toUpperCase() },
    ]) {
      const { body } = await askFor(chosen);
      expect(claimsOf(body.access_token)).toMatchObject({ oid: identity.objectId, xms_mirid: identity.resourceId });
    }
    expect((await askFor({ client_id: "00000000-0000-4000-8000-00000000ffff" })).status).toBe(400);
  });

  it("refuses a wrong header, a missing resource and other methods", async () => {
    const query = new URLSearchParams({ "api-version": "2019-08-01", resource: ARM });
    expect((await ask(`/msi/token?${query}`, { headers: { "x-identity-header": "wrong" } })).status).toBe(401);
    expect((await ask(`/msi/token?${query}`, {})).status).toBe(401);
    expect((await ask("/msi/token", { headers: { "x-identity-header": lab.azure.identityHeader } })).status).toBe(400);
    expect((await ask(`/msi/token?${query}`, { method: "DELETE" })).status).toBe(405);
  });
});

describe("access tokens", () => {
  it("are needed, and must be ours", async () => {
    const none = await lab.send("GET", "/subscriptions", { headers: { authorization: "" } });
    expect(none.outcome).toBe("401 AuthenticationFailed");
    expect(none.headers["www-authenticate"]).toMatch(
      /^Bearer authorization_uri="https:\/\/login\.microsoftonline\.com\//,
    );
    const [header, payload, signature] = (await lab.token(lab.azure.app)).split(".");
    const claims = { ...claimsOf(`.${payload}.`), oid: lab.azure.operator.objectId };
    const forged = `${header}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
    expect((await use(forged)).outcome).toBe("401 InvalidAuthenticationToken");
    expect((await use("abc")).outcome).toBe("401 InvalidAuthenticationToken");
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
    expect((await use(unsigned)).outcome).toBe("401 InvalidAuthenticationToken");
  });

  it("are good for ARM's audiences only", async () => {
    for (const audience of [
      "https://management.azure.com",
      "https://management.core.windows.net/",
      `${lab.azure.armUrl}/`,
    ]) {
      expect((await use(await lab.token(lab.azure.operator, audience))).status).toBe(200);
    }
    const other = await use(await lab.token(lab.azure.operator, "https://api.loganalytics.io"));
    expect(other.outcome).toBe("401 InvalidAuthenticationTokenAudience");
  });

  it("end after a day of Azure time", async () => {
    const token = await lab.token(lab.azure.operator);
    await lab.clock.advance(24 * 60 * 60 * 1000 - 1000);
    expect((await use(token)).status).toBe(200);
    await lab.clock.advance(1000);
    const expired = await use(token);
    expect(expired.outcome).toBe("401 ExpiredAuthenticationToken");
    expect(expired.headers["www-authenticate"]).toContain('error="invalid_token"');
  });
});
