//! Values that read well and still cannot work: a wait of nothing, a limit of nothing, a level no logger knows.
//!
//! Found before the start, so that no task runs in circles and no listener refuses everything.

use super::daemon::Settings;

/// Key and what is wrong with its value, for each that cannot work.
pub fn unworkable(settings: &Settings) -> Vec<(&'static str, String)> {
    let (delivery, web) = (&settings.delivery, &settings.web);
    let longest_ms = delivery.longest_wait_seconds.saturating_mul(1000);
    let checks = [
        ("concurrency", (1..=1000).contains(&delivery.concurrency), "`delivery.concurrency` must be from 1 to 1000"),
        ("first_wait_ms", delivery.first_wait_ms >= 1, "`delivery.first_wait_ms` must be at least 1"),
        (
            "longest_wait_seconds",
            (1..=86_400).contains(&delivery.longest_wait_seconds) && longest_ms >= delivery.first_wait_ms,
            "`delivery.longest_wait_seconds` must be from 1 to 86400 (a day), and not less than `first_wait_ms`",
        ),
        ("circuit_failures", delivery.circuit_failures >= 1, "`delivery.circuit_failures` must be at least 1"),
        (
            "confirm_within_seconds",
            delivery.confirm_within_seconds <= 300,
            "`delivery.confirm_within_seconds` must be from 0 to 300 (five minutes, after which a register tells by itself)",
        ),
        (
            "max_body_bytes",
            (1024..=1 << 30).contains(&web.max_body_bytes),
            "`web.max_body_bytes` must be from 1024 to 1073741824 (1 GiB)",
        ),
        (
            "request_timeout_seconds",
            (1..=3600).contains(&web.request_timeout_seconds),
            "`web.request_timeout_seconds` must be from 1 to 3600",
        ),
        (
            "level",
            tracing_subscriber::EnvFilter::try_new(&settings.log.level).is_ok(),
            "`log.level` is not a filter; `info`, or `samhold=debug,info`",
        ),
    ];
    checks.into_iter().filter(|(_, holds, _)| !holds).map(|(key, _, text)| (key, text.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: &str) -> Vec<&'static str> {
        let text = format!("store.sqlite = \"x\"\nstore.master_key = {{ env = \"X\" }}\n{lines}\n[municipality]\n");
        let settings: Settings = toml::from_str(&text).unwrap();
        unworkable(&settings).into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn the_defaults_work_and_what_would_run_in_circles_is_found_at_once() {
        assert!(found("").is_empty());
        assert_eq!(found("delivery.concurrency = 0\ndelivery.first_wait_ms = 0"), ["concurrency", "first_wait_ms"]);
        assert_eq!(found("delivery.longest_wait_seconds = 1\ndelivery.first_wait_ms = 5000"), ["longest_wait_seconds"]);
        assert!(found("delivery.confirm_within_seconds = 0").is_empty(), "asked for each message");
        assert_eq!(found("delivery.confirm_within_seconds = 301"), ["confirm_within_seconds"]);
        assert_eq!(found("web.request_timeout_seconds = 0"), ["request_timeout_seconds"]);
        assert_eq!(found("log.level = \"høyt=veldig\""), ["level"]);
    }
}
