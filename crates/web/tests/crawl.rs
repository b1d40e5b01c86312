//! Invariant 9: every page of the demo city opens for every role, in both languages, without a broken link.

use std::{collections::BTreeSet, sync::Arc};

use axum::http::StatusCode;
use jianjia_app::office::{account as accounts, session as sessions};
use jianjia_demo::{
    self as demo,
    crawl::{Visited, Visitor},
    testing::making::demo_city,
};
use jianjia_standard::Lang;
use jianjia_web::{Serving, routes};
use tokio::task::JoinSet;

mod offered;

use offered::offered;

/// Pages of a kind that one role looks at: enough to meet its different shapes, few enough to be quick.
const EACH: usize = 3;

/// What a visitor may be answered: a page or a file, or the way to another page; where a form was filled in with anything, also the form again with what is
/// wrong.
fn fault(login: &str, lang: Lang, visited: &Visited) -> Option<String> {
    let answer = &visited.answer;
    let text = String::from_utf8_lossy(&answer.body);
    let is_refused = visited.is_asked
        && answer.status == StatusCode::UNPROCESSABLE_ENTITY
        && text.contains("<form method=\"get\"")
        && text.contains("role=\"alert\"");
    let is_well = answer.status.is_success()
        || answer.status.is_redirection() && answer.location.is_some()
        || is_refused;
    let is_html = answer.content_type.starts_with("text/html");
    let is_file = |name: &str, begins: &[u8]| {
        !visited.address.ends_with(name) || !is_well || answer.body.starts_with(begins)
    };
    let is_paper = is_file(".pdf", b"%PDF-") && is_file(".docx", b"PK");
    let is_whole = is_paper
        && (!is_html || answer.status.is_redirection() || text.trim_end().ends_with("</html>"));
    (!is_well || !is_whole).then(|| {
        format!(
            "{login} {lang:?}: {} {} (linked from {})",
            answer.status.as_u16(),
            visited.address,
            visited.from
        )
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_of_every_role_opens_in_both_languages() {
    let city = demo_city(demo::AS_OF).await;
    let site = jianjia_web::site_of_demo(city.app.clone(), Serving::default(), offered());
    let routes: Arc<[&str]> = routes::all()
        .into_iter()
        .filter(|route| route.method == "GET")
        .map(|route| route.path)
        .collect();
    let mut visitors = vec![("nobody".to_owned(), None)];
    for account in accounts::of_the_demo(&city.app).await.unwrap() {
        let token = sessions::open_for(&city.app, &account.id).await.unwrap();
        visitors.push((account.login, Some(token)));
    }
    assert!(visitors.len() > 10);
    let mut walks = JoinSet::new();
    for (login, token) in visitors {
        for lang in [Lang::Zh, Lang::En] {
            let visitor = Visitor {
                site: site.clone(),
                routes: routes.clone(),
                token: token.clone(),
                lang,
                words: &["公司", "zzzz"],
            };
            let login = login.clone();
            walks.spawn(async move {
                let visited = visitor.crawl(&["/", "/desk"], EACH).await.unwrap();
                let faults = visited.iter().filter_map(|one| fault(&login, lang, one));
                let faults: Vec<String> = faults.collect();
                let kinds: BTreeSet<String> = visited.into_iter().map(|one| one.kind).collect();
                (faults, kinds)
            });
        }
    }
    let (mut faults, mut kinds) = (Vec::new(), BTreeSet::new());
    for (wrong, seen) in walks.join_all().await {
        faults.extend(wrong);
        kinds.extend(seen);
    }
    assert!(
        faults.is_empty(),
        "{} broken:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(kinds.contains("/desk") && kinds.len() > 10, "{kinds:?}");
    assert!(kinds.contains("/applications/{id}/papers/{file}"));
}
