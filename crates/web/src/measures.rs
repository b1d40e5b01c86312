//! The program's metrics, for `/metrics`: where it is slow, where it fails, what waits. They are always counted, whether somebody reads them or
//! not, in memory of a fixed size: requests by the template of their address (`/units/{id}`), never by the address itself.
//!
//! Voting is counted apart. Who reads the metrics every second would see the moment of every vote: so ballots are shown in whole hundreds over
//! the whole instance, and of the addresses of people without a name only failures are counted (docs/ballot.md).

use std::{
    net::IpAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, Method, StatusCode, header},
};
use prometheus::{
    GaugeVec, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry,
    TextEncoder, core::Collector,
};
use sha2::{Digest, Sha256};

use jianjia_domain::core::{
    job::JobFigures,
    post::{Channel, PostState},
};

use crate::visit::is_nameless;

/// Who gets the figures at `/metrics`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Watchers {
    /// Requests from this machine that came through no proxy.
    #[default]
    OfThisMachine,
    /// Requests with `Authorization: Bearer …` and the token whose hash this is.
    WithToken([u8; 32]),
    /// None: the figures have a listener of their own.
    Elsewhere,
}

impl Watchers {
    pub fn with_token(token: &str) -> Watchers {
        Watchers::WithToken(Sha256::digest(token.as_bytes()).into())
    }

    /// Whether a request from an address gets them. A request without an address was made in this process.
    pub fn may_look(self, from: Option<IpAddr>, headers: &HeaderMap) -> bool {
        match self {
            Watchers::OfThisMachine => {
                let is_handed_on = ["forwarded", "x-forwarded-for", "x-real-ip", "via"]
                    .iter()
                    .any(|name| headers.contains_key(*name));
                from.is_none_or(|from| from.to_canonical().is_loopback()) && !is_handed_on
            }
            // Hashes are compared, so that the time it takes tells nothing of the token.
            Watchers::WithToken(hash) => headers
                .get(header::AUTHORIZATION)
                .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "))
                .is_some_and(|token| <[u8; 32]>::from(Sha256::digest(token)) == hash),
            Watchers::Elsewhere => false,
        }
    }
}

/// The figures of one router.
pub struct Measures {
    registry: Registry,
    begun: Instant,
    requests: IntCounterVec,
    seconds: HistogramVec,
    pub sign_in_failures: IntCounter,
    pub ballots_kept: InHundreds,
    pub ballots_refused: InHundreds,
    unsealed: IntGaugeVec,
    jobs: IntGaugeVec,
    jobs_failing: IntGaugeVec,
    jobs_waited: IntGaugeVec,
    post: IntGaugeVec,
    uptime: GaugeVec,
}

/// The histogram's upper bounds, in seconds: most pages take a few thousandths, an import some seconds.
const SECONDS: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// The label of an address that has no route.
const NOWHERE: &str = "none";

impl Default for Measures {
    fn default() -> Measures {
        let registry = Registry::new();
        let ballots = counter(
            &registry,
            "jianjia_ballots_total",
            "Ballots of the whole instance, in whole hundreds",
            &["outcome"],
        );
        let build = gauge(
            &registry,
            "jianjia_build_info",
            "The program's version",
            &["version"],
        );
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        let seconds = HistogramOpts::new("jianjia_request_seconds", "How long an answer took")
            .buckets(SECONDS.to_vec());
        let uptime = Opts::new("jianjia_uptime_seconds", "How long the program has run");
        Measures {
            begun: Instant::now(),
            requests: counter(
                &registry,
                "jianjia_requests_total",
                "Requests answered",
                &["method", "route", "status"],
            ),
            seconds: registered(&registry, HistogramVec::new(seconds, &["method", "route"])),
            sign_in_failures: registered(
                &registry,
                IntCounter::new("jianjia_sign_in_failures_total", "Sign-ins refused"),
            ),
            ballots_kept: InHundreds::of(ballots.with_label_values(&["kept"])),
            ballots_refused: InHundreds::of(ballots.with_label_values(&["refused"])),
            unsealed: gauge(
                &registry,
                "jianjia_trail_unsealed_lines",
                "Lines of the trail that wait for their seal",
                &[],
            ),
            jobs: gauge(
                &registry,
                "jianjia_jobs",
                "Jobs of the whole instance; those that are over are kept for a month",
                &["kind", "state"],
            ),
            jobs_failing: gauge(
                &registry,
                "jianjia_jobs_failing",
                "Open jobs whose last attempt failed, periodic ones among them",
                &["kind"],
            ),
            jobs_waited: gauge(
                &registry,
                "jianjia_jobs_oldest_due_seconds",
                "How long the oldest job is due that no node has taken",
                &[],
            ),
            post: gauge(
                &registry,
                "jianjia_post_messages",
                "Messages that go out by mail and text message; those that are over are kept for two months",
                &["channel", "state", "failing"],
            ),
            uptime: registered(&registry, GaugeVec::new(uptime, &[])),
            registry,
        }
    }
}

fn counter(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
    registered(registry, IntCounterVec::new(Opts::new(name, help), labels))
}

fn gauge(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
    registered(registry, IntGaugeVec::new(Opts::new(name, help), labels))
}

fn registered<C: Collector + Clone + 'static>(
    registry: &Registry,
    made: prometheus::Result<C>,
) -> C {
    let collector = made.expect("names are letters and underscores");
    registry
        .register(Box::new(collector.clone()))
        .expect("no two names are the same");
    collector
}

impl Measures {
    /// Everything in Prometheus's text format. What isn't known is left out.
    ///
    /// # Errors
    /// When a figure can't be written.
    pub fn text(
        &self,
        unsealed: Option<i64>,
        jobs: Option<(JobFigures, i64)>,
        post: &[(Channel, PostState, bool, i64)],
    ) -> anyhow::Result<String> {
        self.jobs.reset();
        self.jobs_failing.reset();
        self.jobs_waited.reset();
        if let Some((figures, waited)) = jobs {
            for (kind, state, count) in figures.count {
                let labels = [kind.key(), state.key()];
                self.jobs.with_label_values(&labels).set(count);
            }
            for (kind, count) in figures.failing {
                let failing = self.jobs_failing.with_label_values(&[kind.key()]);
                failing.set(count);
            }
            self.jobs_waited.with_label_values::<&str>(&[]).set(waited);
        }
        self.post.reset();
        for (channel, state, failing, count) in post {
            let failing = if *failing { "yes" } else { "no" };
            let labels = [channel.key(), state.key(), failing];
            self.post.with_label_values(&labels).set(*count);
        }
        self.unsealed.reset();
        if let Some(lines) = unsealed {
            self.unsealed.with_label_values::<&str>(&[]).set(lines);
        }
        let uptime = self.begun.elapsed().as_secs_f64();
        self.uptime.with_label_values::<&str>(&[]).set(uptime);
        Ok(TextEncoder::new().encode_to_string(&self.registry.gather())?)
    }

    fn count(&self, method: &str, route: &str, status: StatusCode, took: Duration) {
        let is_nameless = is_nameless(route);
        if !is_nameless || status.is_server_error() {
            let labels = [method, route, class_of(status)];
            self.requests.with_label_values(&labels).inc();
        }
        if !is_nameless {
            let seconds = self.seconds.with_label_values(&[method, route]);
            seconds.observe(took.as_secs_f64());
        }
    }
}

/// A count that is shown in whole hundreds.
pub struct InHundreds {
    exact: AtomicU64,
    shown: IntCounter,
}

impl InHundreds {
    fn of(shown: IntCounter) -> InHundreds {
        InHundreds {
            exact: AtomicU64::new(0),
            shown,
        }
    }

    pub fn count(&self) {
        if (self.exact.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(100) {
            self.shown.inc_by(100);
        }
    }
}

/// A request that is being answered.
pub struct Measured {
    begun: Instant,
    method: &'static str,
    route: Option<MatchedPath>,
}

impl Measured {
    pub fn begin(request: &Request) -> Measured {
        Measured {
            begun: Instant::now(),
            method: name_of(request.method()),
            route: request.extensions().get().cloned(),
        }
    }

    pub fn end(self, measures: &Measures, status: StatusCode) {
        let route = self.route.as_ref().map_or(NOWHERE, MatchedPath::as_str);
        measures.count(self.method, route, status, self.begun.elapsed());
    }
}

/// A request can name any method: only those that are answered get a label of their own.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

fn class_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use jianjia_domain::core::job::{JobKind, JobState};

    use super::*;

    /// Everything that can be given, each figure once.
    fn everything() -> String {
        let measures = Measures::default();
        measures.count("GET", "/", StatusCode::OK, Duration::ZERO);
        let figures = JobFigures {
            count: vec![(JobKind::Backup, JobState::Waiting, 1)],
            failing: vec![(JobKind::Backup, 1)],
            oldest_due: None,
        };
        let post = [(Channel::Mail, PostState::Waiting, true, 1)];
        let text = measures.text(Some(1), Some((figures, 0)), &post);
        text.expect("figures are text")
    }

    /// The names of ours in a text, each with the labels that stand behind it in braces or that it is grouped by.
    fn named(text: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        for (at, _) in text.match_indices("jianjia_") {
            let rest = &text[at..];
            let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            let labels = found.entry(rest[..end].to_owned()).or_default();
            if let Some(braces) = rest[end..].strip_prefix('{') {
                let inside = braces.split('}').next().unwrap_or_default();
                let names = inside.split(',').filter_map(|label| {
                    let end = label.find(|c| !is_name(c))?;
                    Some(label[..end].to_owned())
                });
                labels.extend(names);
            }
        }
        found
    }

    #[test]
    fn alerts_and_dashboard_ask_for_what_is_given() {
        let given = named(&everything());
        let alerts = include_str!("../../../packaging/alerts.yml");
        let dashboard = include_str!("../../../packaging/dashboard.json").replace("\\\"", "\"");
        for asked in [named(alerts), named(&dashboard)] {
            assert!(asked.len() > 7, "the search for names finds too few");
            for (name, labels) in asked {
                let known = given.get(&name);
                let known = known.unwrap_or_else(|| panic!("{name} is not given"));
                assert!(labels.is_subset(known), "{name}: {labels:?} of {known:?}");
            }
        }
        for text in [alerts, dashboard.as_str()] {
            for state in ["state=\"", "kind=\"", "channel=\""] {
                for (at, _) in text.match_indices(state) {
                    let value = text[at + state.len()..].split('"').next().unwrap_or("");
                    let is_known = JobState::from_key(value).is_some()
                        || JobKind::from_key(value).is_some()
                        || PostState::from_key(value).is_some()
                        || Channel::from_key(value).is_some();
                    assert!(is_known, "{state}{value}");
                }
            }
        }
    }
}
