//! Bad input gives a clear sentence and loses nothing, in the real browser.

use std::{fs::File, path::PathBuf};

use jianjia_app::round::{
    application::{self as applications, DraftInput, Expected},
    review::{self as reviews, OpinionInput},
};
use jianjia_demo::testing::story::{PASSWORD, Story, WELL_RATED, months};
use jianjia_domain::core::ids::ApplicationId;
use jianjia_store::{round::application, testing};
use jiff::civil::date;

use crate::browser::{Browser, with_browser};

#[tokio::test(flavor = "multi_thread")]
async fn browser_bad_input_gives_a_sentence_and_loses_nothing() {
    let story = Story::begin(testing::sqlite().await).await;
    let app = story.city.app.clone();
    with_browser("bad-input", app, |browser| async move {
        files_that_can_t_be_taken(&browser, &story).await;
        a_form_with_a_mistake_comes_back_as_it_was_typed(&browser, &story).await;
        a_table_that_is_none(&browser, &story).await;
        let id = an_application(&story).await;
        a_double_click_submits_once(&browser, &story, &id).await;
        two_reviewers_at_once(&browser, &story, &id).await;
    })
    .await;
}

async fn files_that_can_t_be_taken(browser: &Browser, story: &Story) {
    browser.sign_in("hengfeng_chair", PASSWORD).await;
    let evidence = format!("/units/{}/evidence", story.hengfeng.id);
    browser.open(&evidence).await;
    let huge = file(story, "全年录像.jpg", b"");
    File::options()
        .write(true)
        .open(&huge)
        .and_then(|file| file.set_len(50 * 1024 * 1024))
        .expect("fifty megabytes");
    browser.attach("上传新的", &huge).await;
    browser.click("上传").await;
    browser
        .sees("“全年录像.jpg”有 50.0 MB，超过 20 MB，没有上传")
        .await;
    browser.picture("01-fifty-megabytes").await;

    browser.open(&evidence).await;
    let lie = file(story, "光荣榜.png", b"%PDF-1.7 not a picture");
    browser.attach("上传新的", &lie).await;
    browser.click("上传").await;
    browser
        .sees("“光荣榜.png”的名字说它是 PNG 文件，内容")
        .await;
    browser.sees("还没有材料").await;
    browser.picture("02-a-lying-file").await;
}

async fn a_form_with_a_mistake_comes_back_as_it_was_typed(browser: &Browser, story: &Story) {
    browser
        .open(&format!("/units/{}/activities", story.hengfeng.id))
        .await;
    browser.unfold("登记一次活动").await;
    browser.fill("哪一天", "2016-12-24").await;
    browser.fill("活动名称", "迎新年联欢会").await;
    browser.fill("参加人数", "很多").await;
    browser.click("登记").await;
    browser.sees("2016-12-24 还没到（今天是 2016-10-10）").await;
    browser.sees("请选一类活动").await;
    browser.sees("参加人数应为整数").await;
    assert_eq!(browser.value("活动名称").await, "迎新年联欢会");
    assert_eq!(browser.value("参加人数").await, "很多");
    browser.picture("03-mistakes-at-their-fields").await;
}

async fn a_table_that_is_none(browser: &Browser, story: &Story) {
    browser.sign_in("district_approver", PASSWORD).await;
    browser.open("/imports").await;
    let broken = file(story, "工会名册.xlsx", b"this was never a workbook");
    browser.attach_only(&broken).await;
    browser.press_at("main form[enctype] button").await;
    browser.sees("文件名说是表格，内容却是").await;
    browser.picture("04-a-table-that-is-none").await;
}

async fn a_double_click_submits_once(browser: &Browser, story: &Story, id: &ApplicationId) {
    browser.sign_in("hengfeng_chair", PASSWORD).await;
    browser.open(&format!("/applications/{id}/check")).await;
    // Sent twice with the same token, as by a browser without our script.
    let answers = browser
        .script(
            "const button = document.querySelector('form[action$=submission] button'); const send = () => fetch(button.form.action, {method: 'POST', body: new URLSearchParams(new FormData(button.form)), redirect: 'manual'}); const done = arguments[arguments.length - 1]; return Promise.all([send(), send()]).then((all) => all.map((one) => one.type));",
            vec![],
        )
        .await;
    assert_eq!(
        answers.to_string(),
        r#"["opaqueredirect","opaqueredirect"]"#
    );
    browser.open(&format!("/applications/{id}")).await;
    browser.sees("当前环节：兰陵街道总工会").await;
    let mut tx = story.city.app.db.read().await.expect("a reading");
    let events = application::events(&mut tx, id).await.expect("events");
    assert_eq!(events.len(), 2, "drafted and submitted, once each");
}

async fn two_reviewers_at_once(browser: &Browser, story: &Story, id: &ApplicationId) {
    browser.sign_in("subdistrict_reviewer", PASSWORD).await;
    browser.open(&format!("/applications/{id}/review")).await;
    browser.fill("审核意见", "我也看过，同意上报。").await;
    // A colleague is quicker.
    let app = &story.city.app;
    let opinion = OpinionInput {
        opinion: "同意上报。".to_owned(),
        expected: Expected {
            revision: revision(story, id).await,
            request_key: "the colleague".to_owned(),
        },
    };
    reviews::endorse(app, &story.subdistrict_chair, id, &opinion)
        .await
        .expect("the colleague endorses");
    browser.click("同意，报上一级").await;
    browser
        .sees("兰陵街道总工会的郑国强已在 2016-10-10 09:00 办理（签署同意意见），您这次的办理没有生效；请看最新情况再定。")
        .await;
    browser.picture("05-two-reviewers-at-once").await;
    let mut tx = app.db.read().await.expect("a reading");
    let events = application::events(&mut tx, id).await.expect("events");
    assert_eq!(
        events.len(),
        3,
        "drafted, submitted and endorsed, once each"
    );
}

/// A draft to which nothing is missing.
async fn an_application(story: &Story) -> ApplicationId {
    let (app, union) = (&story.city.app, &story.hengfeng);
    let answers = story.everything_good();
    story.city.said(union, None, 2016, &answers).await;
    story
        .city
        .activities(union, &months(date(2015, 10, 8), 12))
        .await;
    story.city.rated(union, 2016, WELL_RATED.clone()).await;
    let input = DraftInput {
        year: 2016,
        title: "model-home".to_owned(),
        ..Default::default()
    };
    applications::draft(app, &story.hengfeng_chair_account, &union.id, &input)
        .await
        .expect("a draft")
}

async fn revision(story: &Story, id: &ApplicationId) -> i64 {
    let mut tx = story.city.app.db.read().await.expect("a reading");
    let found = application::find(&mut tx, id).await.expect("a reading");
    found.expect("the application").revision
}

fn file(story: &Story, name: &str, content: &[u8]) -> PathBuf {
    let file = story.city.database.folder.path().join(name);
    std::fs::write(&file, content).expect("the file is written");
    file
}
