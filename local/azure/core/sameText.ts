/** Equal but for case, as ARM compares names, types and ids. */
export function sameText(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
