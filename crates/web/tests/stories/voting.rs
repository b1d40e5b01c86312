//! The short way of a vote and the ordinary one answer alike.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt;
use jianjia_demo::testing::polling::{self, Booth};
use jianjia_web::{Serving, Site};
use tower::ServiceExt;

use crate::site;

/// Status, headers and text of the answer to a vote. Without its length a form goes the ordinary way.
type Answer = (StatusCode, BTreeMap<String, String>, String);

async fn vote(site: &Site, form: &str, says_length: bool, language: &str) -> Answer {
    let mut request = Request::post("/v/cast")
        .header(header::HOST, "jianjia.test")
        .header(
            header::COOKIE,
            format!("lang={language}; __Host-lang={language}"),
        )
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if says_length {
        request = request.header(header::CONTENT_LENGTH, form.len());
    }
    let request = request.body(Body::from(form.to_owned())).unwrap();
    let (parts, body) = site.clone().oneshot(request).await.unwrap().into_parts();
    // The length of what is empty: where the router does not say it, the connection does.
    let headers = parts
        .headers
        .iter()
        .filter(|(name, _)| *name != header::CONTENT_LENGTH);
    let headers = headers.map(|(name, value)| {
        let value = value.to_str().unwrap().to_owned();
        (name.to_string(), value)
    });
    let text = body.collect().await.unwrap().to_bytes();
    (
        parts.status,
        headers.collect(),
        String::from_utf8(text.into()).unwrap(),
    )
}

fn form(booth: &Booth, code: &str, kiosk: &str, grade: &str) -> String {
    format!(
        "kiosk={kiosk}&poll={}&code={code}&object0={grade}&object1=&object2=&object3=&suggestion=",
        booth.poll
    )
}

#[tokio::test]
async fn a_vote_is_answered_alike_on_both_ways_and_counts_once() {
    for site in site::both().await {
        let booth = polling::booths(&site.app, 1, 10).await.unwrap().remove(0);
        let mut codes = booth.codes.iter();
        let serving = Serving {
            https: true,
            behind_proxy: true,
            ..Serving::default()
        };
        for web in [&site.web, &jianjia_web::site_for(site.app.clone(), serving)] {
            for kiosk in ["", &booth.poll.to_string()] {
                let [short, ordinary] = [codes.next().unwrap(), codes.next().unwrap()];
                let form_of = |code| form(&booth, code, kiosk, "satisfied");
                let kept = vote(web, &form_of(short), true, "zh").await;
                let thanks = if kiosk.is_empty() {
                    "/v/thanks".to_owned()
                } else {
                    format!("/kiosk/{kiosk}/thanks")
                };
                assert_eq!(
                    (kept.0, &kept.1["location"]),
                    (StatusCode::SEE_OTHER, &thanks)
                );
                assert_eq!(kept.1["cache-control"], "no-store");
                assert_eq!(kept, vote(web, &form_of(ordinary), false, "zh").await);
                // A second time: refused alike, in the voter's language.
                let used = vote(web, &form_of(short), true, "en").await;
                assert_eq!(used.0, StatusCode::UNPROCESSABLE_ENTITY);
                assert!(used.2.contains("lang=\"en\""), "{}", used.2);
                assert_eq!(used, vote(web, &form_of(short), false, "en").await);
            }
        }
        // What is no grade: the paper again, with what is wrong.
        let code = codes.next().unwrap();
        let wrong = form(&booth, code, "", "splendid");
        let told = vote(&site.web, &wrong, true, "zh").await;
        assert_eq!(told.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(told.2.contains("name=\"object0\""), "{}", told.2);
        assert_eq!(told, vote(&site.web, &wrong, false, "zh").await);
        let mut tx = site.app.db.read().await.unwrap();
        let turnout = jianjia_store::rating::slip::turnout(&mut tx, &booth.poll).await;
        assert_eq!(turnout.unwrap(), (4, 4));
    }
}
