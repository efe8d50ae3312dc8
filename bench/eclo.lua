-- wrk asks for one prediction after another, none of them twice in a row, and says its counts as one line of JSON.

function init(args)
  template, number = args[1], 0
  headers = { ["Content-Type"] = "application/json", ["Cache-Control"] = "no-cache" }
end

function request()
  number = number + 1
  local body = template:gsub('"accident_hour": %d+', '"accident_hour": ' .. number % 24)
  return wrk.format("POST", nil, headers, body)
end

function done(summary, latency, _)
  local e = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout
  ))
end
