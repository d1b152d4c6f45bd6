import { describe, expect, it } from "vitest";
import { NOW, values } from "./kqlLab.ts";

const SECOND = 1000;
const DAY = 86_400 * SECOND;

/** Expected results are those of the examples on learn.microsoft.com/kusto/query/, page by page as named, checked 2026-11. */
describe("scalar functions of a query", () => {
  it("treat nothing as Kusto does (null-values, isempty-function, coalesce-function, iff-function)", () => {
    expect(values("int(null) == int(null)", "int(null) != int(null)", "int(null) == 1", "int(null) != 1")).toEqual([
      null,
      null,
      false,
      true,
    ]);
    expect(
      values("int(null) + 1", "int(null) > 1", "isnull(int(null) > 1)", "true and bool(null)", "false and bool(null)"),
    ).toEqual([null, null, true, null, false]);
    expect(values("isempty('')", "isempty('x')", "isnull('')", "isnotempty(int(null))")).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(values("coalesce(tolong('not a number'), tolong('42'), 33)", "coalesce('', 'b')")).toEqual([42, "b"]);
    expect(values("iff(true, 'x', 'y')", "case(1 > 2, 'a', 2 > 1, 'b', 'c')", "iif(bool(null), 1, 2)")).toEqual([
      "x",
      "b",
      2,
    ]);
    expect(values("max_of(10, 1, -3, 17)", "min_of(10, 1, -3, 17)")).toEqual([17, -3]);
  });

  it("compute with numbers as Kusto does (numerical-operators, bin-function, round-function)", () => {
    expect(values("5 / 2", "5.0 / 2", "-1 % 2", "5 % 3", "1 / 0", "2h / 1h", "2 * 3.5")).toEqual([
      2,
      2.5,
      1,
      2,
      null,
      2,
      7,
    ]);
    expect(values("bin(4.5, 1)", "bin(-1, 3)", "bin(int(null), 1)", "round(2.98765, 3)")).toEqual([4, -3, null, 2.988]);
  });

  it("cut time into bins from Kusto's first instant (bin-function, datetime_diff-function, between-operator)", () => {
    const bins = values(
      "bin(time(16d), 7d)",
      "bin(datetime(1970-05-11 13:45:07), 1d)",
      "bin(datetime(2026-11-25), 7d)",
      "startofweek(datetime(2026-11-25))",
    );
    expect(bins).toEqual([14 * DAY, Date.UTC(1970, 4, 11), Date.UTC(2026, 10, 23), Date.UTC(2026, 10, 22)]);
    expect(values("datetime(2017-10-30 23:00) - datetime(2017-10-30 22:00) == 1h", "now() - ago(1d)", "now()")).toEqual(
      [true, DAY, NOW],
    );
    expect(values("datetime_diff('minute', datetime(2017-10-30 23:05:01), datetime(2017-10-30 23:00:59))")).toEqual([
      5,
    ]);
    expect(values("datetime_diff('hour', datetime(2017-10-31 01:00), datetime(2017-10-30 23:59))")).toEqual([2]);
    expect(
      values("datetime(2017-07-03) between (datetime(2017-07-01) .. 3d)", "5 between (1 .. 3)", "5 !between (1 .. 3)"),
    ).toEqual([true, false, true]);
    expect(values("format_datetime(datetime(2017-01-29 09:00:05), 'yy-MM-dd [HH:mm:ss]')")).toEqual([
      "17-01-29 [09:00:05]",
    ]);
    expect(values("format_datetime(datetime(2017-01-29 09:00:05), 'yyyy-M-dd [H:mm:ss]')")).toEqual([
      "2017-1-29 [9:00:05]",
    ]);
  });

  it("find terms in texts (datatypes-string-operators, in-cs-operator, has-any-operator)", () => {
    expect(
      values("'North America' has 'america'", "'North America' has 'amer'", "'North America' has_cs 'america'"),
    ).toEqual([true, false, false]);
    expect(
      values(
        "'FabriKam' contains 'BRik'",
        "'FabriKam' contains_cs 'BRik'",
        "'Fabrikam' startswith 'fab'",
        "'a' !contains 'b'",
      ),
    ).toEqual([true, false, true, true]);
    expect(
      values("'abc' in ('123', '345', 'abc')", "'Abc' in~ ('abc')", "'b' !in ('a')", "'x' in (dynamic(['x', 'y']))"),
    ).toEqual([true, true, true, true]);
    expect(
      values("'North America' has_any('south', 'north')", "'a b' has_all('a', 'c')", "'Fabrikam' matches regex 'b.*k'"),
    ).toEqual([true, false, true]);
    expect(
      values("'aBc' =~ 'abC'", "'aBc' !~ 'abC'", "'aBc' == 'abC'", "'x. Action: Deny.' has 'Action: Deny'"),
    ).toEqual([true, false, false, true]);
  });

  it("take texts apart and put them together (extract-, split-, substring-, replace-string-, trim-function …)", () => {
    expect(values("extract('x=([0-9.]+)', 1, 'hello x=45.6|wo')", "extract('(z)', 1, 'a')")).toEqual(["45.6", ""]);
    expect(values("split('aaa_bbb_ccc', '_', 1)", "split('aa_bb', '_')", "split('a__b', '_')")).toEqual([
      ["bbb"],
      ["aa", "bb"],
      ["a", "", "b"],
    ]);
    expect(values("substring('123456', 1)", "substring('123456', 2, 2)", "substring('123456', -2, 2)")).toEqual([
      "23456",
      "34",
      "56",
    ]);
    expect(values("replace_string('A magic trick', 'magic', 'strange')", "trim('--', '--https://bing.com--')")).toEqual(
      ["A strange trick", "https://bing.com"],
    );
    expect(values("replace_regex('Number is 1', @'is (\\d+)', @'was: \\1')", "strcat('a', 1, true, 1d)")).toEqual([
      "Number was: 1",
      "a1true1.00:00:00",
    ]);
    expect(values("toupper('aB')", "strlen('héllo')", "hash_sha256('World')")).toEqual([
      "AB",
      5,
      "78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524",
    ]);
  });

  it("convert, and give null for what cannot be (toint-, tolong-, todatetime-, totimespan-, tostring-function)", () => {
    expect(values("toint('123') == 123", "tolong('x')", "toint(3.9)", "toreal('123.4')", "tobool('true')")).toEqual([
      true,
      null,
      3,
      123.4,
      true,
    ]);
    expect(
      values(
        "todatetime('2015-12-24') == datetime(2015-12-24)",
        "todatetime('nonsense')",
        "totimespan('0.00:01:00') == 1min",
      ),
    ).toEqual([true, null, true]);
    expect(
      values("tostring(123)", "tostring(int(null)) == ''", "tostring(datetime(2026-11-23))", "tostring(90s)"),
    ).toEqual(["123", true, "2026-11-23T00:00:00.0000000Z", "00:01:30"]);
  });

  it("look into dynamic values (parse-json-function, array-length-function, dynamic)", () => {
    expect(
      values(
        'parse_json(\'{"a":123, "b":"x"}\').a',
        "parse_json('[1,2,3]')[1]",
        "dynamic([1,2])[-1]",
        "parse_json('no json')",
      ),
    ).toEqual([123, 2, 2, "no json"]);
    expect(
      values(
        "array_length(parse_json('[1, 2, 3, \"four\"]'))",
        "array_length(parse_json('{}'))",
        "tostring(dynamic({'a': 1}).b) == ''",
      ),
    ).toEqual([4, null, true]);
  });

  it("know addresses and ranges (ipv4-is-in-range-, ipv4-is-in-any-range-, ipv4-is-private-function)", () => {
    expect(
      values(
        "ipv4_is_in_range('192.168.1.6', '192.168.1.1/24')",
        "ipv4_is_in_range('192.168.1.1', '192.168.2.1/24')",
        "ipv4_is_in_range('x', '10.0.0.0/8')",
      ),
    ).toEqual([true, false, null]);
    expect(values("ipv4_is_in_any_range('192.168.1.6', '192.168.1.1/24', '10.0.0.1/8', '127.1.0.1/16')")).toEqual([
      true,
    ]);
    expect(
      values(
        "ipv4_is_in_any_range('127.0.0.1', dynamic(['127.0.0.1', '192.168.1.1']))",
        "ipv4_is_in_any_range('1.1.1.1', dynamic(['10.0.0.0/8']))",
      ),
    ).toEqual([true, false]);
    expect(
      values("ipv4_is_private('192.168.1.1/24')", "ipv4_is_private('10.1.2.3/24')", "ipv4_is_private('202.1.2.3')"),
    ).toEqual([true, true, false]);
  });
});

/** Expressions and their values, from the examples of the pages named, checked 2026-11. */
const PAGES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "replace-regex-function": {
    "replace(@'(\\d)', @'[\\1]', 'a1')": "a[1]",
    "replace('.', '', 'abc')": "",
  },
  "extract-all-function": {
    "extract_all(@'([a-z])', 'a1b')": ["a", "b"],
    "extract_all(@'(\\w)(\\d)', 'a1b2')": [
      ["a", "1"],
      ["b", "2"],
    ],
    "extract_all(@'(\\w)(\\d)', dynamic([2]), 'a1b2')": ["1", "2"],
    "extract_all(@'(x)', 'a')": null,
  },
  "parse-url-function": {
    "parse_url('https://u:p@host.example:8443/a/b?k=v&e=#f')": {
      Scheme: "https",
      Host: "host.example",
      Port: "8443",
      Path: "/a/b",
      Username: "u",
      Password: "p",
      "Query Parameters": { k: "v", e: "" },
      Fragment: "f",
    },
    "tostring(parse_url('quay.io:443').Port)": "443",
    "parse_urlquery('k1=v1&k2=v2')": { "Query Parameters": { k1: "v1", k2: "v2" } },
  },
  "url-decode-function": { "url_decode('https%3a%2f%2fa')": "https://a", "url_decode('%zz')": "%zz" },
  "base64-decode-tostring-function": {
    "base64_encode_tostring('Kusto')": "S3VzdG8=",
    "base64_decode_tostring('S3VzdG8=')": "Kusto",
    "base64_decode_tostring('/w==')": "",
  },
  "endofmonth-function": {
    "endofmonth(datetime(2017-01-10)) + 1tick == datetime(2017-02-01)": true,
    "endofweek(datetime(2017-01-11)) + 1tick == datetime(2017-01-15)": true,
    "endofyear(datetime(2017-01-11)) + 1tick == datetime(2018-01-01)": true,
  },
  "startofday-function": {
    "startofday(datetime(2017-01-01 10:10:17), -1) == datetime(2016-12-31)": true,
    "startofweek(datetime(2017-01-01 10:10:17), 1) == datetime(2017-01-08)": true,
    "startofmonth(datetime(2017-01-01 10:10:17), -1) == datetime(2016-12-01)": true,
    "startofyear(datetime(2017-01-01 10:10:17), 1) == datetime(2018-01-01)": true,
    "endofday(datetime(2017-01-01 10:10:17), 1) + 1tick == datetime(2017-01-03)": true,
  },
  "week-of-year-function": {
    "week_of_year(datetime(2020-12-31))": 53,
    "week_of_year(datetime(2020-06-15))": 25,
    "week_of_year(datetime(1970-01-01))": 1,
    "dayofyear(datetime(2015-12-14))": 348,
    "monthofyear(datetime(2015-12-14))": 12,
  },
  "make-datetime-function": {
    "make_datetime(2017,10,01,12,10) == datetime(2017-10-01 12:10)": true,
    "make_datetime(2017,13,01)": null,
    "make_timespan(1,12,30,55)": ((24 + 12) * 60 + 30) * 60 * SECOND + 55 * SECOND,
    "make_timespan(1,12)": 72 * 60 * SECOND,
  },
  "format-timespan-function": {
    "format_timespan(time(29.09:00:05.12345), 'dd.hh:mm:ss [FF]')": "29.09:00:05 [12]",
    "format_timespan(time(29.09:00:05.12345), 'ddd.h:mm:ss [fffffff]')": "029.9:00:05 [1234500]",
  },
  "set-union-function": {
    "set_union(dynamic([1,2]), dynamic([2,3]))": [1, 2, 3],
    "set_intersect(dynamic([1,2]), dynamic([2,3]))": [2],
    "set_difference(dynamic([1,2]), dynamic([2,3]))": [1],
    "set_union(dynamic([1]), parse_json('x'))": null,
  },
  "bag-merge-function": {
    "bag_merge(dynamic({'a': 1}), dynamic({'a': 2, 'b': 3}))": { a: 1, b: 3 },
    "bag_has_key(dynamic({'a': 1}), 'a')": true,
    "bag_remove_keys(dynamic({'a': 1, 'b': 2}), dynamic(['a']))": { b: 2 },
    "array_reverse(dynamic([1,2]))": [2, 1],
    "array_sum(dynamic([1,2]))": 3,
  },
};

describe("functions of public queries", () => {
  it("give what their pages say", () => {
    for (const [page, examples] of Object.entries(PAGES))
      for (const [expression, expected] of Object.entries(examples))
        expect(values(`v = ${expression}`), `${page}: ${expression}`).toEqual([expected]);
  });

  it("refuse arguments that they do not look at", () => {
    expect(() => values("indexof('abcabc', 'c', 0, 9, 2)")).toThrow("cannot execute so many arguments: indexof(");
  });
});
