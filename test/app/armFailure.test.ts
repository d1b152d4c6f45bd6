import { describe, expect, it } from "vitest";
import { failureOf, treatmentOf } from "../../src/domain/armFailure.ts";

const refusal = (
  status: number,
  code?: string,
  message = "",
  details: readonly { code: string; message: string }[] = [],
) => ({
  status,
  body:
    code === undefined ? undefined : { error: { code, message, details: details.map((detail) => ({ ...detail })) } },
  correlationId: undefined,
  resourceId: "/subscriptions/s/resourceGroups/g",
});

describe("treatmentOf", () => {
  it.each([
    [409, "AnotherOperationInProgress"],
    [429, "AnotherOperationInProgress"],
    [429, "SubscriptionRequestsThrottled"],
    [412, "PreconditionFailed"],
    [400, "PrincipalNotFound"],
    [403, "LinkedAuthorizationFailed"],
    [409, "OperationNotAllowed"],
    [503, undefined],
    [500, "InternalServerError"],
    [200, "InternalServerError"],
    [408, undefined],
  ])("waits out %i %s", (status, code) => {
    expect(treatmentOf(refusal(status, code))).toBe("wait");
  });

  it.each([
    [400, "InvalidRequestFormat"],
    [403, "RequestDisallowedByPolicy"],
    [409, "ScopeLocked"],
    [404, "ResourceGroupNotFound"],
    [400, undefined],
  ])("stops at %i %s", (status, code) => {
    expect(treatmentOf(refusal(status, code))).toBe("stop");
  });

  it.each([
    "AnotherOperationInProgress",
    "RetryableError",
    "RetryableErrorDueToAnotherOperation",
    "ReferencedResourceNotProvisioned",
    "FirewallPolicyUpdateFailed",
    "FirewallPolicyUpdateNotAllowedWhenUpdatingOrDeleting",
    "FirewallPolicyRuleCollectionGroupUpdateNotAllowedWhenUpdatingOrDeleting",
    "OperationNotAllowed",
    "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
    "TooManyRequests",
    "SubscriptionRequestsThrottled",
    "InternalServerError",
    "ServiceUnavailable",
    "PrincipalNotFound",
    "AuthorizationFailed",
    "LinkedAuthorizationFailed",
    "ResourceGroupBeingDeleted",
    "PreconditionFailed",
  ])("waits out %s as the end of a long operation, which comes with HTTP 200", (code) => {
    expect(treatmentOf(refusal(200, code))).toBe("wait");
  });

  it.each(["CanceledAndSupersededDueToAnotherOperation", "AKSOperationPreempted", "AKSOperationPreemptedByDelete"])(
    "reads again after %s",
    (code) => {
      expect(treatmentOf(refusal(200, code))).toBe("readAgain");
    },
  );

  it("stops at an exhausted quota, which has the code of a passing conflict", () => {
    const text = "Operation could not be completed as it results in exceeding approved Total Regional Cores quota.";
    expect(treatmentOf(refusal(409, "OperationNotAllowed", text))).toBe("stop");
  });

  it("reads again when a newer operation cancelled ours, which only the details say", () => {
    const details = [{ code: "CanceledAndSupersededDueToAnotherOperation", message: "superseded" }];
    expect(treatmentOf(refusal(200, "Canceled", "Operation was canceled.", details))).toBe("readAgain");
  });
});

describe("an error without an envelope, as AKS answers it", () => {
  const bare = (code: string, message: string) => ({
    ...refusal(409),
    body: { code, details: null, message, subcode: "" },
  });

  it("is waited out when it passes", () => {
    expect(treatmentOf(bare("OperationNotAllowed", "There is an in progress create operation."))).toBe("wait");
  });

  it("is told with its code and text when it does not", () => {
    const told = failureOf(bare("ServiceCidrOverlapExistingSubnetsCidr", "The service CIDR is taken."));
    expect(told).toMatchObject({
      code: "ServiceCidrOverlapExistingSubnetsCidr",
      message: "The service CIDR is taken.",
    });
  });
});

describe("failureOf", () => {
  it("carries Azure's code, its text with all details, and what to do next", () => {
    const details = [{ code: "Inner", message: "The inner reason." }];
    const failure = failureOf(refusal(400, "Outer", "The outer reason.", details));
    expect(failure).toMatchObject({ code: "Outer", message: "The outer reason. The inner reason.", status: 400 });
    expect(failure.advice).toMatch(/retry/);
  });

  it("says so when Azure gave no text", () => {
    expect(failureOf(refusal(502))).toMatchObject({ code: "Http502", message: "Azure answered 502 without a text." });
  });
});
