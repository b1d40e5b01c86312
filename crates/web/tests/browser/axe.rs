//! Every kind of page, for every role, in both languages, at both widths and both sizes of type, examined by axe in the real browser:
//! no finding of any of its rules. The pages are found by a crawl of the demo city; each kind is opened for several roles, and language, width
//! and type change from page to page.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jianjia_app::{
    core::{
        app::App,
        post::{Gateway, Post},
    },
    office::{account as accounts, session as sessions},
};
use jianjia_demo::{self as demo, crawl::Visitor, testing::making::demo_city};
use jianjia_standard::Lang;
use jianjia_web::{Serving, Site, routes};
use serde_json::{Value, json};

use crate::{
    browser::{Browser, with_browser_on},
    offered::offered,
};

/// Where `bin/setup` puts axe, a tool of the tests as the browser is.
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/axe.min.js");

/// Runs all rules of axe, with the one on the size of targets, and tells each finding in a line: the rule, the first element, and what is
/// wrong with it. A page wider than its window is a finding of ours.
const RUN: &str = "const asked = {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}};
    const tell = (rule) => `${rule.id} (${rule.nodes.length}×): ${rule.nodes[0].html.slice(0, 160)} ${rule.nodes[0].failureSummary}`;
    const is = document.documentElement.scrollWidth;
    const wide = is > arguments[0] ? [`wide: ${is} pixels in a window of ${arguments[0]}`] : [];
    return axe.run(document, asked).then((found) => wide.concat(found.violations.map(tell)))";

/// The menu's item of the page that lies beside the screen, or a menu of two lines on a desk. Of a page in the fold it is the fold that tells it.
const MENU: &str = "const row = document.querySelector('.menu-row');
    const lines = row ? row.getBoundingClientRect().height / row.querySelector('li').getBoundingClientRect().height : 1;
    if (lines > 1.5) return [`menu: ${Math.round(lines)} lines`];
    const all = [...document.querySelectorAll('.menu [aria-current], .menu-here')];
    if (!all.length) return [];
    const here = all.find((element) => element.checkVisibility());
    if (!here) return ['menu: nothing that is seen tells this page'];
    const [item, menu] = [here, here.closest('.menu')].map((element) => element.getBoundingClientRect());
    return item.right > menu.right + 1 || item.left < menu.left - 1 ? ['menu: its item of this page is out of sight'] : [];";

/// What paper doesn't need, and what it lacks: buttons, hints, headings of nothing, folds that stay shut though nothing is done in them.
const PAPER: &str = "const is = (element) => element.checkVisibility();
    const tell = (what, element) => `paper: ${what}: ${element.outerHTML.slice(0, 120)}`;
    const all = (selector) => [...document.querySelectorAll(selector)].filter(is);
    const pressed = all('main button, main .button, main .hint, main input[type=file]').map((one) => tell('not to be pressed', one));
    const acts = (fold) => fold.matches('.proof-photo, .proof-file, :has(> form, > .actions)');
    const inside = (fold) => [...fold.children].filter((child) => child.tagName !== 'SUMMARY');
    const shut = all('main details').filter((fold) => !acts(fold) && !inside(fold).some(is)).map((one) => tell('shut', one));
    const next = (heading) => { let one = heading.nextElementSibling; while (one && !is(one)) one = one.nextElementSibling; return one; };
    const empty = all('main > h2, main section > h2').filter((one) => !next(one) || next(one).tagName === 'H2').map((one) => tell('of nothing', one));
    return pressed.concat(shut, empty);";

/// Who looks: one for each role, and a chair whose union is vetoed, who reads other words.
const WHO: [&str; 8] = [
    "demo.chair",
    "demo.city",
    "demo.administrator",
    "demo.district-reviewer",
    "demo.auditor",
    "demo.zone-chair",
    "demo.vetoed-chair",
    "demo.department",
];

/// So many of them, or a visitor, look at a page of a kind: its shapes are met, and the test stays short.
const EACH: usize = 2;

/// These show everybody something else.
const OWN: [&str; 2] = ["/", "/desk"];

/// A page as somebody sees it.
struct Look {
    kind: String,
    address: String,
    login: String,
    token: Option<String>,
}

/// How a page is looked at: language, width, large type. Neighbours in the list differ, and so do the roles of a page.
fn way(n: usize) -> (Lang, u32, bool) {
    let lang = if n.is_multiple_of(2) {
        Lang::Zh
    } else {
        Lang::En
    };
    let width = if (n / 2).is_multiple_of(2) { 375 } else { 1280 };
    (lang, width, (n / 4).is_multiple_of(2))
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_axe_has_no_finding_on_any_kind_of_page() {
    let mut made = demo_city(demo::AS_OF).await;
    // With text messages, people help themselves to another password.
    made.app.post = Arc::new(Post {
        address: "https://jianjia.example".to_owned(),
        mail: None,
        telephone: Some(Gateway {
            url: "http://127.0.0.1:9/".to_owned(),
            method: "POST".to_owned(),
            headers: Vec::new(),
            body: "{telephone} {text}".to_owned(),
            signature: String::new(),
            success: String::new(),
        }),
    });
    let site = jianjia_web::site_of_demo(made.app.clone(), Serving::default(), offered());
    let looks = looks(&made.app, &site).await;
    with_browser_on("axe", site, |browser| async move {
        let axe = std::fs::read_to_string(AXE).expect("axe is missing: run bin/setup");
        browser.run_before_each_page(&axe).await;
        it_finds_what_is_wrong(&browser).await;
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (n, look) in looks.iter().enumerate() {
            for line in findings(&browser, look, way(n)).await {
                let seen = format!("{} as {} {:?}", look.address, look.login, way(n));
                found.entry(line).or_default().insert(seen);
            }
        }
        let told = found.iter().map(|(line, pages)| {
            let first = pages.first().map_or("", String::as_str);
            format!("{line}\n  on {} pages, such as {first}", pages.len())
        });
        let told: Vec<String> = told.collect();
        assert!(
            told.is_empty(),
            "{} findings:\n{}",
            told.len(),
            told.join("\n")
        );
    })
    .await;
    drop(made);
}

/// A test that can't fail says nothing: axe sees a picture without words and a heading of a table without any.
async fn it_finds_what_is_wrong(browser: &Browser) {
    browser.open("/standard").await;
    let spoil = "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/assets/x\"><table><tr><th></th></tr></table>')";
    browser.script(spoil, vec![]).await;
    let found = browser.script(RUN, vec![json!(4000)]).await;
    let rules: Vec<&str> = found
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|line| line.as_str()?.split(' ').next())
        .collect();
    assert_eq!(rules, ["empty-table-header", "image-alt"]);
}

async fn findings(
    browser: &Browser,
    look: &Look,
    (lang, width, large): (Lang, u32, bool),
) -> Vec<String> {
    let lang = if lang == Lang::En { "en" } else { "zh" };
    let session = look.token.as_deref().unwrap_or_default();
    let kind = if large { "large" } else { "normal" };
    browser
        .come_with(&[("session", session), ("lang", lang), ("type", kind)])
        .await;
    browser.be_wide(width).await;
    browser.open(&look.address).await;
    let mut found = vec![browser.script(RUN, vec![json!(width)]).await];
    found.push(browser.script(MENU, vec![]).await);
    browser.be_paper(true).await;
    found.push(browser.script(PAPER, vec![]).await);
    browser.be_paper(false).await;
    let lines = found.iter().filter_map(Value::as_array).flatten();
    lines.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Every kind of page, once for each role that meets it.
async fn looks(app: &App, site: &Site) -> Vec<Look> {
    let routes: Arc<[&str]> = routes::all()
        .into_iter()
        .filter(|route| route.method == "GET")
        .map(|route| route.path)
        .collect();
    let mut visitors = vec![("nobody".to_owned(), None)];
    let accounts = accounts::of_the_demo(app).await.expect("accounts");
    for login in WHO {
        let account = accounts.iter().find(|account| account.login == login);
        let account = account.expect("an account of the demo");
        let token = sessions::open_for(app, &account.id)
            .await
            .expect("a session");
        visitors.push((login.to_owned(), Some(token)));
    }
    let slip = demo::trying(demo::AS_OF).expect("codes to try").slip;
    let voting = format!("/v/{slip}");
    let mut looks: Vec<Look> = Vec::new();
    for (login, token) in visitors {
        let visitor = Visitor {
            site: site.clone(),
            routes: routes.clone(),
            token: token.clone(),
            lang: Lang::Zh,
            words: &[],
        };
        let sent = "/sign-in/forgotten/sent";
        let starts = ["/", "/desk", "/v", &voting, sent, "/nothing-here"];
        for visited in visitor.crawl(&starts, 1).await.expect("a crawl") {
            // What a query narrows is the same page.
            let is_page = visited.answer.content_type.starts_with("text/html")
                && !visited.answer.status.is_redirection();
            let seen = looks.iter().filter(|look| look.kind == visited.kind);
            let is_wanted = OWN.contains(&visited.kind.as_str()) || seen.count() < EACH;
            if is_page && !visited.kind.contains('?') && is_wanted {
                looks.push(Look {
                    kind: visited.kind,
                    address: visited.address,
                    login: login.clone(),
                    token: token.clone(),
                });
            }
        }
    }
    let kinds: BTreeSet<&str> = looks.iter().map(|look| look.kind.as_str()).collect();
    assert!(kinds.len() > 40, "only {} kinds: {kinds:?}", kinds.len());
    looks
}
