/**
 * The shape of `POST /api/tickets`. Unknown fields are mistakes: a misspelt one would otherwise silently mean the default.
 */
import { actions } from "../domain/operationPlan.ts";
import { applicationSchema, clusterSchema, environmentName, environmentSchema } from "./environmentSchema.ts";
import { choice, section, text } from "./schemaFields.ts";

/** Who sends a ticket and under which number. */
const ticketHead = section({
  /** Also the id of the operation, so it must be safe as one. */
  number: text("RITM0010001").regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/,
    "must begin with a letter or digit and have at most 40 letters, digits, dashes and underscores",
  ),
  /** Where the ticket lives, e.g. "servicenow". */
  system: text("servicenow").max(100, "must not have more than 100 characters"),
  requestedBy: text("platform-team").max(200, "must not have more than 200 characters"),
  shortDescription: text().optional(),
  /** The ticket system's own key of the ticket, e.g. ServiceNow's sys_id. */
  externalId: text().optional(),
});

/** A ticket that describes an environment. */
export const ticketSchema = section({
  ticket: ticketHead,
  action: choice(...actions),
  environment: environmentSchema.optional(),
});

/** A ticket about an environment that stands; it is only named. */
export const decommissionSchema = section({
  ticket: ticketHead,
  action: choice("decommission"),
  environment: section({ name: environmentName }),
});

/** A ticket that puts another cluster behind the gateway of an environment. */
export const addClusterSchema = section({
  ticket: ticketHead,
  action: choice("addCluster"),
  environment: section({ name: environmentName }),
  cluster: section({ ...clusterSchema.shape, name: text("secureaks2") }),
  application: applicationSchema.optional(),
});

/** A ticket that moves the production host to another cluster. */
export const switchTrafficSchema = section({
  ticket: ticketHead,
  action: choice("switchTraffic"),
  environment: section({ name: environmentName }),
  to: text("secureaks2"),
});

/** A ticket that takes one cluster away. */
export const retireClusterSchema = section({
  ticket: ticketHead,
  action: choice("retireCluster"),
  environment: section({ name: environmentName }),
  cluster: section({ name: text("secureaks1") }),
});
