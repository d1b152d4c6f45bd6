import { describe, expect, it } from "vitest";
import { parseNginx } from "../../local/azure/kubernetes/nginxConfiguration.ts";
import { serveNginx } from "../../local/azure/kubernetes/nginxServer.ts";

const CONFIGURATION = `pid /tmp/nginx.pid;
events {}
http {
  access_log /dev/stdout; # where kubectl looks
  server {
    listen 80;
    default_type application/json;
    location = /ping { return 200 '{"host":"$hostname","source":"$remote_addr","forwarded":"$http_x_forwarded_for"}'; }
    location /files { default_type text/plain; return 200 'files\\n'; }
    location /files/deep { return 204; }
    location / { return 200 '{"message":"Hi!"}'; }
  }
}`;

function ask(path: string, port = 80) {
  const servers = parseNginx(CONFIGURATION);
  if (typeof servers === "string") throw new Error(servers);
  const request = {
    host: "sample.test",
    path,
    headers: { "X-Forwarded-For": "203.0.113.7:50000" },
    sourceAddress: "10.0.4.5",
  };
  return serveNginx(servers, port, request, { podName: "sample-1", nowEpochMs: 0 });
}

describe("parseNginx", () => {
  it("serves the exact location with its variables filled in", () => {
    expect(ask("/ping?x=1")).toEqual({
      status: 200,
      headers: { "content-type": "application/json" },
      body: '{"host":"sample-1","source":"10.0.4.5","forwarded":"203.0.113.7:50000"}',
    });
  });

  it("serves the longest prefix otherwise, and nothing at other ports", () => {
    expect(ask("/files/a")).toMatchObject({ status: 200, body: "files\n", headers: { "content-type": "text/plain" } });
    expect(ask("/files/deep/a")).toMatchObject({ status: 204 });
    expect(ask("/pingpong")).toMatchObject({ body: '{"message":"Hi!"}' });
    expect(ask("/ping", 8080)).toBeUndefined();
  });

  it.each([
    ["an unknown directive", "http { server { listen 80; proxy_pass http://x; } }", /unknown directive "proxy_pass"/],
    ["a regular expression as location", "http { server { location ~ ^/a { return 200; } } }", /unsupported location/],
    ["a location that returns nothing", "http { server { location / { } } }", /has no "return"/],
    ["a missing brace", "http { server { listen 80;", /unexpected end of file/],
    ["a brace too many", "http { } }", /unexpected "}"/],
  ])("refuses %s in nginx's words", (_what, text, expected) => {
    expect(parseNginx(text)).toMatch(/^nginx: \[emerg\] /);
    expect(parseNginx(text)).toMatch(expected);
  });
});
