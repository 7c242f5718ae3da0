-- SPDX-License-Identifier: EUPL-1.2
-- At the edge: one trace id for each request, made here, and rate-limit headers as the current draft writes them.

-- Seconds in which a bucket is filled again; the compiler writes the setting in its place.
local WINDOW = "@rate_seconds@"
local INTERNAL = { "x-internal", "x-user", "x-forwarded-user", "x-remote-user", "x-auth-request-user", "tracestate", "baggage" }

function envoy_on_request(handle)
  local headers = handle:headers()
  for _, name in ipairs(INTERNAL) do headers:remove(name) end
  -- A caller's own trace is kept as a link, never continued: it could choose the ids that our logs are searched by.
  local theirs = headers:get("traceparent")
  if theirs then headers:replace("x-client-traceparent", theirs) end
  -- The request id is a random UUID of Envoy's own: its 32 digits are the trace id (W3C trace context section 3.2).
  local trace = string.gsub(headers:get("x-request-id") or "", "-", "")
  headers:replace("x-trace-id", trace)
  headers:replace("traceparent", "00-" .. trace .. "-" .. string.sub(trace, 17, 32) .. "-01")
end

-- draft-ietf-httpapi-ratelimit-headers-10; Envoy writes an older draft.
function envoy_on_response(handle)
  local headers = handle:headers()
  local limit = headers:get("x-ratelimit-limit")
  local remaining = headers:get("x-ratelimit-remaining")
  local reset = headers:get("x-ratelimit-reset")
  if limit and remaining and reset then
    local quota = string.match(limit, "^%d+")
    headers:replace("RateLimit-Policy", '"default";q=' .. quota .. ";w=" .. WINDOW)
    headers:replace("RateLimit", '"default";r=' .. remaining .. ";t=" .. reset)
    -- In the last second of a window Envoy counts none: whoever came back at once would be refused again.
    if headers:get(":status") == "429" then headers:replace("Retry-After", reset == "0" and "1" or reset) end
  end
  for _, name in ipairs({ "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset" }) do headers:remove(name) end
end
