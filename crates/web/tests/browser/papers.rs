//! Papers as people fetch them: a chair the form and the package of an application, the public the notice of candidates, the city the decision with its number.

use jianjia_demo::testing::story::PASSWORD;
use jiff::civil::date;
use serde_json::json;

use crate::{
    CHENGUANG, HENGFENG,
    browser::{Browser, with_browser},
    candidates, objection,
};

const YUANDONG: &str = "常州远东化工有限公司工会";
const NAMINGS: &str = "/namings/2017/trusted-home";
const IMPRINT: &str = "填写文号、抄送和印发日期";

#[tokio::test(flavor = "multi_thread")]
async fn browser_the_papers_of_an_application_of_a_notice_and_of_a_naming() {
    let story = candidates::stage().await;
    let files = candidates::three_files(&story).await;
    let application = format!("/applications/{}", files[1]);
    candidates::recommended(&story, &files).await;
    story.city.app.clock.set(date(2018, 1, 8));
    let app = story.city.app.clone();
    with_browser("papers", app, |browser| async move {
        a_chair_fetches_form_and_package(&browser, &application).await;
        let notice = objection::the_city_shows_its_candidates(&browser).await;
        the_office_says_its_number(&browser, &notice).await;
        the_public_opens_it(&browser, &notice).await;
        // Five working days after a Monday.
        story.city.app.clock.set(date(2018, 1, 16));
        the_city_names_and_issues_the_decision(&browser).await;
    })
    .await;
}

async fn a_chair_fetches_form_and_package(browser: &Browser, application: &str) {
    browser.sign_in("chenguang_chair", PASSWORD).await;
    browser.open(application).await;
    browser.sees("申报审批表").await;
    browser.picture("01-application").await;
    for (ending, magic) in [
        ("/papers/application.pdf", &b"%PDF-"[..]),
        ("/papers/application.docx", &b"PK"[..]),
        ("/package.pdf", &b"%PDF-"[..]),
        ("/package.zip", &b"PK"[..]),
    ] {
        walks_to(browser, ending).await;
        is_a_file(browser, ending, magic).await;
    }
}

/// Walks by the key Tab from the top of the page to the link that ends so.
async fn walks_to(browser: &Browser, ending: &str) {
    let top = "document.activeElement && document.activeElement.blur(); window.getSelection().removeAllRanges(); scrollTo(0, 0)";
    browser.script(top, vec![]).await;
    let here =
        "return (document.activeElement && document.activeElement.getAttribute('href')) || ''";
    for _ in 0..300 {
        for kind in ["rawKeyDown", "keyUp"] {
            let key =
                json!({"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9});
            browser.devtools("Input.dispatchKeyEvent", key).await;
        }
        let at = browser.script(here, vec![]).await;
        if at.as_str().is_some_and(|at| at.ends_with(ending)) {
            return;
        }
    }
    panic!("no Tab leads to a link to {ending}");
}

/// What the link gives to whoever has the page's session.
async fn is_a_file(browser: &Browser, ending: &str, magic: &[u8]) {
    let file = browser.download(&format!("main a[href$='{ending}']")).await;
    assert!(file.starts_with(magic), "{ending}");
}

async fn the_office_says_its_number(browser: &Browser, notice: &str) {
    browser.open(notice).await;
    browser.click(IMPRINT).await;
    browser.fill("文号", "第9号").await;
    browser.fill("抄送", "江苏省总工会").await;
    browser.click_in("main", "保存").await;
    browser.sees("“第9号”不是文号的写法").await;
    assert_eq!(browser.value("抄送").await, "江苏省总工会");
    browser.picture("02-no-number").await;
    browser.fill("文号", "常工发[2018]9号").await;
    browser.click_in("main", "保存").await;
    browser.sees("已登记").await;
    browser.click(IMPRINT).await;
    assert_eq!(browser.value("文号").await, "常工发〔2018〕9号");
    browser.sees("现在登记的").await;
    browser.picture("03-number").await;
}

async fn the_public_opens_it(browser: &Browser, notice: &str) {
    browser.come_with(&[]).await;
    browser.open(notice).await;
    browser.sees(CHENGUANG).await;
    browser.does_not_see(IMPRINT).await;
    is_a_file(browser, "/papers/publication.pdf", b"%PDF-").await;
    is_a_file(browser, "/papers/publication.docx", b"PK").await;
}

async fn the_city_names_and_issues_the_decision(browser: &Browser) {
    browser.sign_in("city_approver", PASSWORD).await;
    browser.open(NAMINGS).await;
    for candidate in [HENGFENG, CHENGUANG, YUANDONG] {
        browser.tick(candidate).await;
    }
    browser.click("预览命名").await;
    browser.fill("命名文件文号", "常工发〔2018〕12号").await;
    browser.click("确认命名这 3 个").await;
    browser.open(NAMINGS).await;
    browser.press_at("main a[href^='/honours/batches/']").await;
    browser.sees("命名决定").await;
    browser.click(IMPRINT).await;
    // As it was typed with the naming.
    assert_eq!(browser.value("文号").await, "常工发〔2018〕12号");
    // A number is one paper's.
    browser.fill("文号", "常工发〔2018〕9号").await;
    browser.fill("印发日期", "2018-01-17").await;
    browser.click_in("main", "保存").await;
    browser
        .sees("常工发〔2018〕9号已经用在 2017 年度的公示上")
        .await;
    assert_eq!(browser.value("印发日期").await, "2018-01-17");
    browser.fill("文号", "常工发〔2018〕12号").await;
    browser.click_in("main", "保存").await;
    browser.sees("已登记").await;
    browser.picture("04-naming").await;
    is_a_file(browser, "/papers/decision.pdf", b"%PDF-").await;
    is_a_file(browser, "/papers/decision.docx", b"PK").await;
}
