import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import type { Clock } from "../../clock.ts";
import { ArmError } from "../core/armError.ts";
import type { Principal } from "../core/resourceType.ts";

/** Seconds of Azure time a managed identity's token lives. Source: learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations (24 hours), checked 2026-11. */
const LIFETIME_SECONDS = 24 * 60 * 60;

export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresOnEpochSeconds: number;
  readonly lifetimeSeconds: number;
}

interface Claims {
  readonly aud: string;
  readonly exp: number;
  readonly oid: string;
}

const KNOWN_TOKENS_MAX = 1000;

/** Makes and checks access tokens: JWTs signed with a key of this local Azure's own. */
export class AccessTokens {
  readonly #key: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #tenantId: string;
  /** Tokens whose signature was found right: a client sends the same one with every request. */
  readonly #known = new Map<string, Claims>();

  /** `keyPem` is the private key of an earlier run, so that its tokens go on being good. */
  constructor(tenantId: string, keyPem: string) {
    this.#key = createPrivateKey(keyPem);
    this.#publicKey = createPublicKey(this.#key);
    this.#tenantId = tenantId;
  }

  issue(principal: Principal, resource: string, clock: Clock, identityResourceId?: string): IssuedToken {
    const nowSeconds = Math.floor(clock.now() / 1000);
    const claims = {
      aud: resource,
      iss: `https://sts.windows.net/${this.#tenantId}/`,
      iat: nowSeconds,
      nbf: nowSeconds,
      exp: nowSeconds + LIFETIME_SECONDS,
      appid: principal.appId,
      appidacr: "2",
      idtyp: "app",
      oid: principal.objectId,
      sub: principal.objectId,
      tid: this.#tenantId,
      ver: "1.0",
      ...(identityResourceId === undefined
        ? {}
        : { xms_mirid: identityResourceId.replace("/resourceGroups/", "/resourcegroups/") }),
    };
    const content = `${encode({ typ: "JWT", alg: "ES256", kid: "local-azure" })}.${encode(claims)}`;
    const signature = sign("sha256", Buffer.from(content), { key: this.#key, dsaEncoding: "ieee-p1363" });
    return {
      accessToken: `${content}.${signature.toString("base64url")}`,
      expiresOnEpochSeconds: claims.exp,
      lifetimeSeconds: LIFETIME_SECONDS,
    };
  }

  /** The object id in the token of an Authorization header; throws 401 as ARM does. */
  check(authorization: string | undefined, audiences: readonly string[], clock: Clock): string {
    const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) {
      throw this.#unauthorized(
        "AuthenticationFailed",
        "Authentication failed. The 'Authorization' header is missing or has an invalid format.",
      );
    }
    const claims = this.#verified(token);
    if (claims === undefined) {
      throw this.#unauthorized(
        "InvalidAuthenticationToken",
        "The access token is invalid: it was not issued by the identity endpoint of this local Azure.",
      );
    }
    const nowSeconds = clock.now() / 1000;
    if (typeof claims.exp !== "number" || claims.exp <= nowSeconds) {
      throw this.#unauthorized(
        "ExpiredAuthenticationToken",
        `The access token expiry UTC time '${isoSeconds(claims.exp)}' is earlier than current UTC time '${isoSeconds(nowSeconds)}'.`,
      );
    }
    if (!audiences.includes(claims.aud)) {
      throw this.#unauthorized(
        "InvalidAuthenticationTokenAudience",
        `The access token has been obtained for wrong audience or resource '${claims.aud}'. It should exactly match with one of the allowed audiences '${audiences.join("','")}'.`,
      );
    }
    return claims.oid;
  }

  #verified(token: string): Claims | undefined {
    const known = this.#known.get(token);
    if (known !== undefined) return known;
    const [header = "", payload = "", signature = ""] = token.split(".");
    const key = { key: this.#publicKey, dsaEncoding: "ieee-p1363" } as const;
    const isOurs = verify("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"));
    if (!isOurs) return undefined;
    const claims: Claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    if (this.#known.size >= KNOWN_TOKENS_MAX) this.#known.clear();
    this.#known.set(token, claims);
    return claims;
  }

  #unauthorized(code: string, message: string): ArmError {
    const challenge = `Bearer authorization_uri="https://login.microsoftonline.com/${this.#tenantId}", error="invalid_token", error_description="${message}"`;
    return new ArmError(401, code, message, { headers: { "www-authenticate": challenge } });
  }
}

/** A new signing key, as PEM. */
export function newTokenKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function isoSeconds(epochSeconds: number): string {
  return Number.isFinite(epochSeconds) ? new Date(epochSeconds * 1000).toISOString() : String(epochSeconds);
}
