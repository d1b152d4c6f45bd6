import type { Json } from "../domain/json.ts";
import type { ArmAnswer } from "./armClient.ts";

/** No list that is read here is as long: Event Grid's pages hold 20, the others' 1,000. */
const PAGES_MAX = 100;

/** The first page of a collection with all that the following ones hold; a page that is refused is the answer. */
export async function allPages(first: ArmAnswer, follow: (url: string) => Promise<ArmAnswer>): Promise<ArmAnswer> {
  const items: Json[] = [];
  let page = first;
  for (let count = 1; ; count++) {
    const { value, nextLink } = page.body ?? {};
    if (page.status >= 400 || !Array.isArray(value)) return page;
    items.push(...value);
    if (typeof nextLink !== "string" || nextLink === "") break;
    if (count === PAGES_MAX)
      throw new Error(`A list of Azure has more than ${PAGES_MAX} pages; the next is ${nextLink}.`);
    page = await follow(nextLink);
  }
  return page === first ? first : { ...first, body: { value: items } };
}
