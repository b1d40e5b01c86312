//! A case in the real browser: a chair writes it on a phone, the offices recommend it, the city edits it, the chair compares and agrees, and another union
//! finds it beside what it lacks.

use jianjia_demo::testing::story::{PASSWORD, Story};
use jianjia_store::testing;

use crate::{
    browser::{Browser, with_browser},
    photo,
};

const TITLE: &str = "入会第一天，师傅带着办";
const EDITED: &str = "师傅领进门，入会第一天";

#[tokio::test(flavor = "multi_thread")]
async fn browser_a_case_goes_from_a_union_to_how_others_did_this() {
    let story = Story::begin(testing::sqlite().await).await;
    let app = story.city.app.clone();
    with_browser("sharing", app, |browser| async move {
        browser.be_wide(375).await;
        let case = a_chair_writes_it(&browser, &story).await;
        for login in ["subdistrict_reviewer", "district_approver"] {
            browser.sign_in(login, PASSWORD).await;
            browser.open("/cases/queue").await;
            browser.click(TITLE).await;
            browser.click("推荐到上一级").await;
            browser.sees("已推荐到上一级。").await;
            browser.sign_out().await;
        }
        the_city_edits_it(&browser, &case).await;
        the_chair_agrees(&browser, &case).await;
        browser.sign_in("city_approver", PASSWORD).await;
        browser.open(&case).await;
        browser.click("发布案例").await;
        browser.sees("已发布，谁都可以看到。").await;
        browser.sign_out().await;
        another_union_finds_it(&browser, &story).await;
    })
    .await;
}

/// Gives the case's address.
async fn a_chair_writes_it(browser: &Browser, story: &Story) -> String {
    browser.sign_in("chenguang_chair", PASSWORD).await;
    let new = format!("/units/{}/cases/new", story.chenguang.id);
    browser.open(&new).await;
    browser.fill("案例标题", TITLE).await;
    browser
        .fill("遇到的问题", "新职工流动快，入会率卡在八成多。")
        .await;
    browser.fill("做法", "把入会和师徒结对放在同一天办。").await;
    browser.fill("效果", "一年里新职工入会 120 人。").await;
    browser.tick("M5a 精准帮扶和工会卡90%").await;
    browser.click("保存").await;
    browser.sees("已存成草稿。").await;
    browser.unfold("加照片").await;
    browser.attach_only(&photo(story, "结对.png")).await;
    browser.fill("照片说明", "师徒结对那天").await;
    browser.tick("照片里能认出的人都同意公开").await;
    browser.click("上传照片").await;
    browser.sees("照片已加上。").await;
    browser.picture_on_the_phone("01-the-draft").await;
    browser.click("报送上级工会").await;
    browser.sees("已报送，上级工会会收到消息。").await;
    let case = browser.path().await;
    browser.sign_out().await;
    case
}

async fn the_city_edits_it(browser: &Browser, case: &str) {
    browser.sign_in("city_approver", PASSWORD).await;
    browser.open(case).await;
    browser.click("编辑案例").await;
    browser.fill("案例标题", EDITED).await;
    browser.click("保存").await;
    browser.sees("已保存。").await;
    browser.click("请本单位对照、同意").await;
    browser.sees("已请本单位对照编辑稿。").await;
    browser.sign_out().await;
}

async fn the_chair_agrees(browser: &Browser, case: &str) {
    browser.sign_in("chenguang_chair", PASSWORD).await;
    browser.open(case).await;
    for words in ["本单位原稿", "市总工会编辑稿", TITLE, EDITED] {
        browser.sees(words).await;
    }
    browser.picture_on_the_phone("02-side-by-side").await;
    browser.click("同意发布").await;
    browser.sees("已同意。").await;
    browser.sign_out().await;
}

async fn another_union_finds_it(browser: &Browser, story: &Story) {
    browser.sign_in("hengfeng_chair", PASSWORD).await;
    browser
        .open(&format!("/units/{}/home", story.hengfeng.id))
        .await;
    browser.sees("别家怎么做：").await;
    browser.picture_on_the_phone("03-how-others-did-this").await;
    browser
        .click(&format!("{EDITED}（{}）", story.chenguang.name))
        .await;
    browser.sees("把入会和师徒结对放在同一天办。").await;
    browser.sees("师徒结对那天").await;
}
