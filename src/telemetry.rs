//! Logs and metrics of the daemon.
//!
//! Never logged: content, names, identity numbers, addresses, URLs with queries, tokens. Log lines name systems, opaque ids,
//! counts and codes. Metrics carry no label of a person or of a group small enough to point to one.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::LogSettings;

/// Starts logging to standard error. Later calls change nothing.
pub fn start_logs(settings: &LogSettings, text: bool) {
    let filter = filter(&settings.level);
    let base = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A line that cannot be written would be complained of on standard error, and that failing again is a panic: a full disk
    // under the log must not end the work.
    let base = base.log_internal_errors(false);
    let result = if text { base.with_ansi(false).try_init() } else { base.json().try_init() };
    // A second start in one process (tests) keeps the first.
    drop(result);
}

/// From now on a break of the program is logged by its place alone: its words may hold what it broke over.
pub fn tell_breaks_by_place() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "the program broke at {place}; report this");
    }));
}

/// The configured filter, with what must never be logged taken out last so that no setting brings it back.
fn filter(level: &str) -> EnvFilter {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    samhold_adapter_amqp::LOG_DIRECTIVES
        .iter()
        .filter_map(|directive| directive.parse().ok())
        .fold(filter, EnvFilter::add_directive)
}

/// The metrics of this process, made once.
#[must_use]
pub fn metrics() -> PrometheusHandle {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            // Fails only when another recorder is installed; then this one stays empty, which is harmless.
            drop(metrics::set_global_recorder(recorder));
            handle
        })
        .clone()
}

/// Counters the daemon keeps. One place, so that no label is added without thought.
#[derive(Clone, Copy, Debug)]
pub enum Counter {
    /// Records journalled.
    RecordsAccepted,
    /// Records mapped.
    RecordsMapped,
    /// Records that became dead letters.
    RecordsDead,
    /// Facts appended.
    FactsAppended,
    /// Answers worked out.
    AnswersWorkedOut,
    /// Answers that differed.
    AnswersChanged,
    /// Deliveries that arrived.
    Delivered,
    /// Attempts to be made again.
    DeliveryRetries,
    /// Deliveries refused.
    DeliveriesRefused,
    /// Items withheld at delivery.
    Withheld,
    /// Reloads that were refused.
    ReloadsRefused,
}

impl Counter {
    /// Its name in `/metrics`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RecordsAccepted => "samhold_records_accepted_total",
            Self::RecordsMapped => "samhold_records_mapped_total",
            Self::RecordsDead => "samhold_records_dead_total",
            Self::FactsAppended => "samhold_facts_appended_total",
            Self::AnswersWorkedOut => "samhold_answers_worked_out_total",
            Self::AnswersChanged => "samhold_answers_changed_total",
            Self::Delivered => "samhold_delivered_total",
            Self::DeliveryRetries => "samhold_delivery_retries_total",
            Self::DeliveriesRefused => "samhold_deliveries_refused_total",
            Self::Withheld => "samhold_withheld_total",
            Self::ReloadsRefused => "samhold_reloads_refused_total",
        }
    }

    /// Counts.
    pub fn add(self, n: usize) {
        if n > 0 {
            metrics::counter!(self.name()).increment(n as u64);
        }
    }
}
