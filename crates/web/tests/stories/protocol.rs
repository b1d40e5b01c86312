//! What holds for every address: which methods it takes, who may keep its answers.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use jianjia_domain::core::policy::Role;
use jianjia_web::{Serving, Watchers, assets, routes};
use tower::ServiceExt;

use crate::site::{self, Client, records::Records};

/// Sends a request with a client's cookies; gives status and headers.
async fn send(
    web: &jianjia_web::Site,
    client: &Client,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> axum::response::Response {
    let cookies: Vec<String> = client
        .cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "jianjia.test")
        .header(header::COOKIE, cookies.join("; "));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    web.clone().oneshot(request).await.unwrap()
}

#[tokio::test]
async fn a_wrong_method_is_answered_with_the_right_ones_at_every_address() {
    for site in site::both().await {
        let records = Records::of_the_union(&site).await;
        let clerk = site
            .sign_in_as("周文书", &[(Role::Clerk, &site.union)])
            .await;
        let mut methods: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for route in routes::all() {
            // Another method may be asked of another record: an address is all that its pattern is asked.
            let address = records.address(&route);
            for other in routes::all() {
                if shape(other.path) == shape(route.path) {
                    let known = methods.entry(address.clone()).or_default();
                    known.insert(other.method);
                    if other.method == "GET" {
                        known.insert("HEAD");
                    }
                }
            }
        }
        methods.insert(
            assets::address("style.css").to_owned(),
            BTreeSet::from(["GET", "HEAD"]),
        );
        for (path, known) in &methods {
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
                if known.contains(method) {
                    continue;
                }
                for client in [&site.visitor(), &clerk] {
                    for headers in [&[][..], &[("origin", "https://elsewhere.example")]] {
                        let answer = send(&site.web, client, method, path, headers).await;
                        assert_eq!(
                            answer.status(),
                            StatusCode::METHOD_NOT_ALLOWED,
                            "{method} {path}"
                        );
                        let allow = answer.headers()[header::ALLOW].to_str().unwrap();
                        let allowed: BTreeSet<&str> = allow.split(',').map(str::trim).collect();
                        assert_eq!(&allowed, known, "{method} {path}");
                    }
                }
            }
        }
        let answer = send(&site.web, &clerk, "PUT", "/not-there", &[]).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }
}

/// A pattern without the names of its parts, as the router sees it.
fn shape(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Everything that somebody signed in can get, asked for by all methods there are.
async fn answers(client: &mut Client, records: &Records) -> Vec<(String, String)> {
    let mut answers = Vec::new();
    for route in routes::all() {
        if route.path == "/sign-out" {
            continue;
        }
        let address = records.address(&route);
        let page = if route.method == "GET" {
            client.get(&address).await
        } else {
            client.post_form(&address, &records.fields(&route)).await
        };
        let kept = page.header("cache-control");
        answers.push((format!("{} {address}: {}", route.method, page.status), kept));
    }
    answers
}

#[tokio::test]
async fn nothing_that_somebody_signed_in_gets_is_kept_by_a_cache() {
    for site in site::both().await {
        for role in [Role::Clerk, Role::Approver, Role::Administrator] {
            let unit = if role == Role::Clerk {
                &site.union
            } else {
                &site.city
            };
            let records = Records::of_the_union(&site).await;
            let mut client = site.sign_in_as("某人", &[(role, unit)]).await;
            for (asked, kept) in answers(&mut client, &records).await {
                assert_eq!(kept, "no-store", "{role:?} {asked}");
            }
            let page = client.post_form("/sign-out", &[]).await;
            assert_eq!(page.header("cache-control"), "no-store");
            assert_eq!(page.header("clear-site-data"), "\"cache\"");
        }
        // Style and script are everybody's.
        let asset = assets::address("style.css");
        let answer = send(&site.web, &site.visitor(), "GET", asset, &[]).await;
        let kept = answer.headers()[header::CACHE_CONTROL].to_str().unwrap();
        assert!(kept.starts_with("public"), "{kept}");
    }
}

#[tokio::test]
async fn the_figures_are_there_only_for_those_who_may_have_them() {
    for site in site::both().await {
        let visitor = site.visitor();
        let of = |watchers| {
            jianjia_web::site_for(
                site.app.clone(),
                Serving {
                    watchers,
                    ..Serving::default()
                },
            )
        };
        let (found, not_found) = (StatusCode::OK, StatusCode::NOT_FOUND);
        let token = "a token of some length";
        let bearer = format!("Bearer {token}");
        for (watchers, headers, expect) in [
            (Watchers::OfThisMachine, &[][..], found),
            (
                Watchers::OfThisMachine,
                &[("x-forwarded-for", "127.0.0.1")],
                not_found,
            ),
            (
                Watchers::OfThisMachine,
                &[("forwarded", "for=127.0.0.1")],
                not_found,
            ),
            (Watchers::with_token(token), &[], not_found),
            (
                Watchers::with_token(token),
                &[("authorization", "Bearer a token")],
                not_found,
            ),
            (
                Watchers::with_token(token),
                &[("authorization", token)],
                not_found,
            ),
            (
                Watchers::with_token(token),
                &[("authorization", &bearer)],
                found,
            ),
            (
                Watchers::Elsewhere,
                &[("authorization", &bearer)],
                not_found,
            ),
        ] {
            let answer = send(&of(watchers), &visitor, "GET", "/metrics", headers).await;
            assert_eq!(answer.status(), expect, "{watchers:?} {headers:?}");
        }
        let figures = of(Watchers::Elsewhere).figures();
        let ask = |path: &str| {
            let request = Request::get(path).body(Body::empty()).unwrap();
            figures.clone().oneshot(request)
        };
        assert_eq!(ask("/metrics").await.unwrap().status(), found);
        assert_eq!(ask("/").await.unwrap().status(), not_found);
    }
}

/// Even for whoever may do everything: no page makes something of what is no id, no number or no text.
#[tokio::test]
async fn an_address_with_something_else_in_place_of_an_id_or_a_year_is_not_found() {
    use Role::{Administrator, Approver, Auditor, Reviewer};
    for site in site::both().await {
        let roles = [Administrator, Approver, Auditor, Reviewer].map(|role| (role, &site.city));
        let mut person = site.sign_in_as("何全能", &roles).await;
        let mut asked = 0;
        for route in routes::all() {
            // A title, a code or a batch is any text: whether it is known is for each page to say.
            let is_any_text = ["{title}", "{code}", "{batch}", "{kind}"]
                .iter()
                .any(|place| route.path.ends_with(place));
            // What was not signed as a certificate is told from one that was, in a sentence.
            let is_certificate = route.path == "/c/{token}";
            if route.method != "GET" || !route.path.contains('{') || is_certificate {
                continue;
            }
            let wrong = if is_any_text { "%FF" } else { "none" };
            let address: Vec<&str> = route
                .path
                .split('/')
                .map(|part| if part.starts_with('{') { wrong } else { part })
                .collect();
            let page = person.get(&address.join("/")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", route.path);
            assert!(page.text().contains("没有找到这一页"), "{}", route.path);
            asked += 1;
        }
        assert!(asked > 30, "{asked}");
    }
}
