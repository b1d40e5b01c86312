//! Certificates on a telephone: a true one, one with a letter changed, another city's, one printed again; a title that was suspended or revoked, and one whose holder
//! went into another union.

use std::{
    io::{Cursor, Read},
    sync::{Arc, atomic::Ordering},
};

use jianjia_app::{
    core::{app::App, clock::Clock, post::Post},
    honour::{
        certificate::{
            PAGE, key as keys,
            token::{self, Keys, Signer},
        },
        honour::{self as honours, ChangeInput},
    },
    register::unit::change::{self, Happening},
};
use jianjia_demo::testing::story::{PASSWORD, Story};
use jianjia_domain::{
    core::{ids::HonourId, place::UnitPlace, policy::Role},
    honour::{certificate::Status, honour::HonourAct},
    register::unit::change::ChangeForm,
};
use jianjia_store::testing;
use serde_json::json;

use crate::{
    CHENGUANG, HENGFENG,
    browser::{Browser, scanning::words_of_code, with_browser},
};

const ADDRESS: &str = "https://jia.example";
const ANTAI: &str = "常州安泰机械有限公司工会";

#[tokio::test(flavor = "multi_thread")]
async fn browser_a_certificate_tells_on_a_phone_what_it_is_worth() {
    let mut story = Story::begin(testing::sqlite().await).await;
    // What is printed names an address; the stories follow its path here.
    story.city.app.post = Arc::new(Post {
        address: ADDRESS.to_owned(),
        ..Post::default()
    });
    let app = story.city.app.clone();
    let roles = [(Role::Administrator, &story.federation)];
    let keeper = story.city.actor("密钥管理员", &roles).await;
    keys::make(&app, &keeper, "").await.expect("a key");
    let of_hengfeng = named(&story, &story.hengfeng).await;
    let of_chenguang = named(&story, &story.chenguang).await;
    let of_yuandong = named(&story, &story.yuandong).await;
    with_browser("certificates", app, |browser| async move {
        browser.be_wide(375).await;
        let link = its_chair_prints_it_twice(&browser, "hengfeng_chair", &of_hengfeng).await;
        somebody_doubts_it(&browser, &link).await;
        revoked_it_says_so_at_once(&browser, &story, &link, &of_hengfeng).await;

        let link = its_chair_prints_it_twice(&browser, "chenguang_chair", &of_chenguang).await;
        change(&story, &of_chenguang, HonourAct::Suspended).await;
        browser.come_with(&[]).await;
        browser.open(&link).await;
        browser.sees("这个称号正在暂停").await;
        browser.sees(CHENGUANG).await;
        browser.picture_on_the_phone("06-suspended").await;

        let link = its_chair_prints_it_twice(&browser, "yuandong_chair", &of_yuandong).await;
        merged(&story, &story.yuandong, ANTAI).await;
        browser.come_with(&[]).await;
        browser.open(&link).await;
        browser.sees("证书是真的，持有单位有变动").await;
        browser.sees(&format!("由“{ANTAI}”承接")).await;
        browser.picture_on_the_phone("07-merged").await;
        assert_eq!(listed(&browser, &link).await, Some(Status::Ended));
    })
    .await;
}

/// A trusted home that the city named this autumn.
async fn named(story: &Story, unit: &UnitPlace) -> HonourId {
    let honour = story
        .city
        .title(&story.federation, unit, "trusted-home", "");
    story.city.names(std::slice::from_ref(&honour)).await;
    honour.id
}

/// Gives where its code leads to.
async fn its_chair_prints_it_twice(browser: &Browser, chair: &str, honour: &HonourId) -> String {
    browser.sign_in(chair, PASSWORD).await;
    browser.open(&format!("/honours/{honour}")).await;
    let pdf = "main a[href$='/papers/certificate.pdf']";
    let first = browser.download(pdf).await;
    assert!(first.starts_with(b"%PDF-"), "a PDF");
    assert!(first == browser.download(pdf).await, "it is the same one");
    let script = "return document.querySelector(\"main a[href^='/c/']\").getAttribute('href')";
    let link = browser.script(script, vec![]).await;
    let link = link.as_str().expect("a link").to_owned();
    let word = "main a[href$='/papers/certificate.docx']";
    let scanned = scanned(&browser.download(word).await);
    assert_eq!(scanned, format!("{ADDRESS}{link}"));
    link
}

/// What a telephone reads from the code of a certificate.
fn scanned(docx: &[u8]) -> String {
    let mut parts = zip::ZipArchive::new(Cursor::new(docx)).expect("a document");
    let names: Vec<String> = parts
        .file_names()
        .map(|name| name.expect("a name").into_owned())
        .collect();
    let name = names.iter().find(|name| name.ends_with(".png"));
    let mut part = parts.by_name(name.expect("a picture")).expect("a part");
    let mut bytes = Vec::new();
    part.read_to_end(&mut bytes).expect("its bytes");
    words_of_code(&bytes)
}

async fn somebody_doubts_it(browser: &Browser, link: &str) {
    browser.come_with(&[]).await;
    browser.open(link).await;
    browser.sees("证书是真的，称号有效").await;
    for words in [HENGFENG, "信赖职工之家", "常州市总工会", "2016年10月1日"] {
        browser.sees(words).await;
    }
    browser.picture_on_the_phone("01-genuine").await;
    assert_eq!(listed(browser, link).await, Some(Status::Valid));

    browser.open(&altered(link)).await;
    browser.sees("签名不符，不能相信").await;
    browser.does_not_see(HENGFENG).await;
    browser.picture_on_the_phone("02-altered").await;

    let public = fetched(browser, "/.well-known/jwks.json").await;
    let ours = Keys::read(&public).expect("keys");
    let (_, claims) = token::certificate(&ours, token_of(link)).expect("ours");
    let foreign = Signer::new(&[9; 32]).certificate(&claims).expect("signed");
    browser.open(&format!("{PAGE}{foreign}")).await;
    browser.sees("不是本市签发的证书").await;
    browser.does_not_see(HENGFENG).await;
    browser.picture_on_the_phone("03-another-city-s").await;

    // A code that was not read to its end.
    browser.open(&link[..link.len() / 2]).await;
    browser.sees("这不是一张证书的二维码").await;
    browser.picture_on_the_phone("04-half-of-it").await;
}

/// A photograph of the code leads to the same page.
async fn revoked_it_says_so_at_once(
    browser: &Browser,
    story: &Story,
    link: &str,
    honour: &HonourId,
) {
    change(story, honour, HonourAct::Revoked).await;
    browser.open(link).await;
    browser.sees("这个称号已经撤销").await;
    browser.sees("理由：弄虚作假").await;
    browser.picture_on_the_phone("05-revoked").await;
    // The list is made anew within half a minute.
    pass(&story.city.app, 31);
    assert_eq!(listed(browser, link).await, Some(Status::Invalid));
}

async fn change(story: &Story, honour: &HonourId, act: HonourAct) {
    let input = ChangeInput {
        reason: "弄虚作假".to_owned(),
        document_number: "常工发〔2016〕60号".to_owned(),
        revision: 1,
    };
    let app = &story.city.app;
    honours::change(app, &story.city_approver, honour, act, &input)
        .await
        .expect("changed");
}

async fn merged(story: &Story, unit: &UnitPlace, into: &str) {
    let (app, by) = (&story.city.app, &story.city_approver);
    let form = ChangeForm {
        on: app.clock.today().to_string(),
        note: "常工发〔2016〕61号".to_owned(),
        target: into.to_owned(),
    };
    let preview = change::preview(app, by, &unit.id, Happening::Merge, &form).await;
    let revision = preview.expect("a preview").unit.revision;
    change::perform(app, by, &unit.id, Happening::Merge, &form, revision)
        .await
        .expect("merged");
    pass(app, 31);
}

/// One letter in the middle of what is signed.
fn altered(link: &str) -> String {
    let at = link.find('.').expect("parts") + 40;
    let other = if link.as_bytes()[at] == b'A' {
        "B"
    } else {
        "A"
    };
    format!("{}{other}{}", &link[..at], &link[at + 1..])
}

fn token_of(link: &str) -> &str {
    link.strip_prefix(PAGE).expect("a token")
}

/// What the public list says of a certificate, by the public keys alone.
async fn listed(browser: &Browser, link: &str) -> Option<Status> {
    let public = fetched(browser, "/.well-known/jwks.json").await;
    let keys = Keys::read(&public).expect("keys");
    let (_, claims) = token::certificate(&keys, token_of(link)).expect("ours");
    let list = fetched(browser, "/certificates/status-list").await;
    let (_, list) = token::list(&keys, &list).expect("signed by the city");
    let list = list.status_list.unpacked().expect("a list");
    list.status(claims.index)
}

/// What the site answers, whatever the browser kept.
async fn fetched(browser: &Browser, address: &str) -> String {
    let script =
        "return fetch(arguments[0], { cache: 'no-store' }).then((answer) => answer.text())";
    let text = browser.script(script, vec![json!(address)]).await;
    text.as_str().expect("a text").to_owned()
}

fn pass(app: &App, seconds: i64) {
    let Clock::Set(clock) = &app.clock else {
        panic!("the clock of stories is set");
    };
    clock.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
}
