//! What the program tells of itself to the machines that watch it, and what it doesn't.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use jianjia_app::core::job::{self as jobs, NewJob};
use jianjia_demo::testing::polling;
use jianjia_domain::core::{job::JobKind, policy::Role};
use jianjia_store::core::scope::Scope;

use crate::site::{self, Client};

/// The figures by name and labels, and the whole text.
async fn figures(watcher: &mut Client) -> (BTreeMap<String, f64>, String) {
    let page = watcher.get("/metrics").await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (StatusCode::OK, "text/plain; version=0.0.4".to_owned())
    );
    let figures = page
        .body
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("a name and a figure");
            (name.to_owned(), value.parse().expect("a figure"))
        })
        .collect();
    (figures, page.body)
}

#[tokio::test]
async fn pages_are_counted_by_route_and_never_by_address() {
    for site in site::both().await {
        let mut client = site.visitor();
        let clerk = [(Role::Clerk, &site.union)];
        let clerk = site.city_of_tests.actor("王芳", &clerk).await;
        let mut tx = site.app.db.write(Scope::Jobs).await.unwrap();
        let job = NewJob {
            kind: JobKind::Import,
            key: "import:1".to_owned(),
            name: "名单.csv".to_owned(),
            payload: serde_json::Value::Null,
            by: &clerk,
            unit: &site.union,
        };
        jobs::enqueue(&site.app, &mut tx, job).await.unwrap();
        tx.commit().await.unwrap();
        let there = format!("/units/{}/home", site.union.id);
        for path in ["/standard", "/standard", &there, "/not-there-7", "/readyz"] {
            client.get(path).await;
        }
        client
            .post_form("/sign-in", &[("login", "chen"), ("password", "guessed")])
            .await;
        let (found, text) = figures(&mut client).await;
        let unsealed = jianjia_app::core::seal::waiting(&site.app).await.unwrap() as f64;
        let figure = |name: &str| found.get(name).copied();
        for (name, expect) in [
            (
                "requests_total{method=\"GET\",route=\"/standard\",status=\"2xx\"}",
                2.0,
            ),
            (
                "requests_total{method=\"GET\",route=\"/units/{id}/home\",status=\"3xx\"}",
                1.0,
            ),
            (
                "requests_total{method=\"GET\",route=\"none\",status=\"4xx\"}",
                1.0,
            ),
            (
                "requests_total{method=\"POST\",route=\"/sign-in\",status=\"4xx\"}",
                1.0,
            ),
            (
                "request_seconds_count{method=\"GET\",route=\"/standard\"}",
                2.0,
            ),
            (
                "request_seconds_bucket{method=\"GET\",route=\"/standard\",le=\"+Inf\"}",
                2.0,
            ),
            ("sign_in_failures_total", 1.0),
            ("trail_unsealed_lines", unsealed),
            ("jobs{kind=\"import\",state=\"waiting\"}", 1.0),
            ("jobs_oldest_due_seconds", 0.0),
            ("build_info{version=\"0.1.0\"}", 1.0),
        ] {
            assert_eq!(
                figure(&format!("jianjia_{name}")),
                Some(expect),
                "{name}: {text}"
            );
        }
        assert!(figure("jianjia_uptime_seconds") > Some(0.0));
        for (name, kind) in [
            ("requests_total", "counter"),
            ("request_seconds", "histogram"),
            ("ballots_total", "counter"),
            ("sign_in_failures_total", "counter"),
            ("trail_unsealed_lines", "gauge"),
            ("jobs", "gauge"),
            ("jobs_oldest_due_seconds", "gauge"),
            ("uptime_seconds", "gauge"),
            ("build_info", "gauge"),
        ] {
            assert!(
                text.contains(&format!("# TYPE jianjia_{name} {kind}\n")),
                "{name}: {text}"
            );
        }
        for secret in [site.union.id.to_string().as_str(), "not-there", "chen"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
}

#[tokio::test]
async fn a_single_vote_moves_no_figure() {
    for site in site::both().await {
        let booth = polling::booths(&site.app, 1, 100).await.unwrap().remove(0);
        let (mut voter, mut watcher) = (site.visitor(), site.visitor());
        // How often the watcher looks is counted as well, and the time goes on.
        let still = |figures: BTreeMap<String, f64>| -> BTreeMap<String, f64> {
            figures
                .into_iter()
                .filter(|(name, _)| !name.contains("/metrics") && !name.contains("uptime"))
                .collect()
        };
        let before = still(figures(&mut watcher).await.0);
        let kept = "jianjia_ballots_total{outcome=\"kept\"}";
        assert_eq!(before[kept], 0.0);
        for (voted, code) in booth.codes.iter().enumerate() {
            if voted == 1 || voted == 99 {
                let (now, text) = figures(&mut watcher).await;
                assert_eq!(still(now), before, "{text}");
            }
            voter.get(&format!("/v/{code}")).await;
            let form = format!(
                "kiosk=&poll={}&code={code}&object0=satisfied&object1=satisfied&object2=satisfied&object3=&suggestion=",
                booth.poll
            );
            let kind = "application/x-www-form-urlencoded";
            let done = voter.post("/v/cast", kind, form.into()).await;
            assert_eq!(done.location(), "/v/thanks", "{}", done.text());
        }
        let (after, text) = figures(&mut watcher).await;
        assert_eq!(after[kept], 100.0);
        assert!(
            !text.contains("/v/") && !text.contains(&booth.poll.to_string()),
            "{text}"
        );
    }
}
