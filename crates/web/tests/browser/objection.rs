//! Candidates on public notice, which comes down by itself; somebody without an account objects to one of them from a phone, with a photo and without a name.
//! That one is not named until it is answered, the others are.

use jianjia_demo::testing::story::{PASSWORD, Story};
use jianjia_domain::core::{place::UnitKind, policy::Role};
use jiff::civil::date;

use crate::{
    CHENGUANG, HENGFENG,
    browser::{Browser, with_browser},
    candidates, photo,
};

const YUANDONG: &str = "常州远东化工有限公司工会";
const NAMINGS: &str = "/namings/2017/trusted-home";
const TEXT: &str = "活动室的门一直锁着，十二月去了三次都没有开。";
const ANSWER: &str = "实地看过：十二月装修，一月起每天开放，有登记可查。";
const HELD: &str = "有异议正在核实，办结以前不命名。";

#[tokio::test(flavor = "multi_thread")]
async fn browser_a_notice_comes_down_and_an_objection_holds_one_naming_of_three() {
    let story = candidates::stage().await;
    let files = candidates::three_files(&story).await;
    candidates::recommended(&story, &files).await;
    let other = story
        .city
        .unit(Some(&story.federation), UnitKind::District, "武进区总工会")
        .await;
    let roles = [(Role::Reviewer, &other)];
    story
        .city
        .account("wujin_reviewer", PASSWORD, "沈洁", None, &roles)
        .await;
    story.city.app.clock.set(date(2018, 1, 8));
    let app = story.city.app.clone();
    with_browser("objection", app, |browser| async move {
        browser.be_wide(375).await;
        let notice = the_city_shows_its_candidates(&browser).await;
        story.city.app.clock.set(date(2018, 1, 9));
        let (number, code) = somebody_objects(&browser, &story).await;
        let objection = it_is_given_to_another_district(&browser, &number).await;
        somebody_looks_into_it(&browser, &objection).await;
        // Five working days after a Monday.
        story.city.app.clock.set(date(2018, 1, 16));
        the_notice_is_down(&browser, &notice).await;
        two_are_named_and_one_is_held(&browser).await;
        it_is_answered(&browser, &objection).await;
        the_answer_is_read(&browser, &number, &code).await;
        the_third_is_named(&browser).await;
    })
    .await;
}

/// Gives the notice's address.
pub async fn the_city_shows_its_candidates(browser: &Browser) -> String {
    browser.sign_in("city_approver", PASSWORD).await;
    browser.open(NAMINGS).await;
    browser.click("公示候选名单").await;
    browser.sees("这次公示 3 个候选").await;
    browser.choose("名单怎样排序", "按姓氏（首字）笔画").await;
    browser.fill("受理部门", "市总工会基层工作部").await;
    browser.fill("监督电话", "0519-86680000").await;
    browser.picture_on_the_phone("01-what-will-be-shown").await;
    browser.click("公示").await;
    browser.sees("已经公示，谁都看得到；期满自动撤下。").await;
    browser.path().await
}

/// Gives the number and the code.
async fn somebody_objects(browser: &Browser, story: &Story) -> (String, String) {
    browser.come_with(&[]).await;
    browser.open("/publications").await;
    browser.click("2017 年度信赖职工之家候选公示").await;
    for words in [HENGFENG, CHENGUANG, YUANDONG, "0519-86680000"] {
        browser.sees(words).await;
    }
    browser.picture_on_the_phone("02-the-notice").await;
    browser.click("提出异议").await;
    browser.fill("异议和依据", TEXT).await;
    browser.click("提交异议").await;
    // What is missing is told, and what was typed is there.
    browser.sees("请").await;
    assert_eq!(browser.value("异议和依据").await, TEXT);
    browser.select("对哪一个有异议", CHENGUANG).await;
    browser.attach("证据", &photo(story, "活动室.png")).await;
    browser.picture_on_the_phone("03-an-objection").await;
    browser.click("提交异议").await;
    browser.sees("异议已收到").await;
    browser.picture_on_the_phone("04-number-and-code").await;
    let script = "return [...document.querySelectorAll('main code')].map((one) => one.textContent)";
    let told = browser.script(script, vec![]).await;
    let told = |place: usize| told[place].as_str().expect("a code").to_owned();
    (told(0), told(1))
}

/// Gives the objection's address.
async fn it_is_given_to_another_district(browser: &Browser, number: &str) -> String {
    browser.sign_in("city_approver", PASSWORD).await;
    browser.open("/objections").await;
    browser.click(&format!("第 {number} 号异议")).await;
    browser.sees(TEXT).await;
    browser.sees("没有留姓名").await;
    let photo = browser.download("main a[href*='/evidence/']").await;
    assert!(image::load_from_memory(&photo).is_ok(), "the photo opens");
    // The district that recommended the candidate is not among those it can be given to.
    let offered = "return [...document.querySelectorAll('#handler option')].map((one) => one.textContent).join('\\n')";
    let offered = browser.script(offered, vec![]).await;
    let offered = offered.as_str().expect("names");
    assert!(
        offered.contains("沈洁") && !offered.contains("冯晓燕"),
        "{offered}"
    );
    browser.select("交给谁核实", "沈洁").await;
    browser.picture_on_the_phone("05-given-to").await;
    browser.click("交办").await;
    browser.sees("已交办，对方会收到消息。").await;
    let objection = browser.path().await;
    // For whom it concerns it isn't there.
    browser.sign_in("district_reviewer", PASSWORD).await;
    browser.open(&objection).await;
    browser.does_not_see(TEXT).await;
    objection
}

async fn somebody_looks_into_it(browser: &Browser, objection: &str) {
    browser.sign_in("wujin_reviewer", PASSWORD).await;
    browser.open(objection).await;
    browser.sees(TEXT).await;
    browser.sees("活动室.png").await;
    browser
        .fill("记核实情况", "去看了两次，中午和下班后都开着。")
        .await;
    browser.click("记下").await;
    browser.sees("已记下核实情况。").await;
    browser.picture_on_the_phone("06-looked-into").await;
}

async fn the_notice_is_down(browser: &Browser, notice: &str) {
    browser.come_with(&[]).await;
    browser.open("/publications").await;
    browser.sees("现在没有公示").await;
    browser.open(notice).await;
    browser.sees("公示已经结束").await;
    browser.does_not_see(CHENGUANG).await;
    browser.picture_on_the_phone("07-it-came-down").await;
}

async fn two_are_named_and_one_is_held(browser: &Browser) {
    browser.sign_in("city_approver", PASSWORD).await;
    browser.open(NAMINGS).await;
    browser.sees(HELD).await;
    for candidate in [HENGFENG, CHENGUANG, YUANDONG] {
        browser.tick(candidate).await;
    }
    browser.click("预览命名").await;
    browser
        .sees("确认以后命名 2 个，1 个不能命名、留在候选名单里。")
        .await;
    browser.sees(HELD).await;
    browser.picture_on_the_phone("08-one-is-held").await;
    browser.fill("命名文件文号", "常工发〔2018〕3号").await;
    browser.click("确认命名这 2 个").await;
    browser.open(NAMINGS).await;
    browser.sees("共 1 个候选").await;
    browser.sees(HELD).await;
}

async fn it_is_answered(browser: &Browser, objection: &str) {
    browser.open(objection).await;
    browser.sees("去看了两次，中午和下班后都开着。").await;
    browser.fill("书面答复", ANSWER).await;
    browser.click("答复并办结").await;
    browser.sees("请选择异议是否属实").await;
    assert_eq!(browser.value("书面答复").await, ANSWER);
    browser.choose("核实结果", "不属实").await;
    browser.picture_on_the_phone("09-answer").await;
    browser.click("答复并办结").await;
    browser.sees("已答复、办结").await;
}

async fn the_answer_is_read(browser: &Browser, number: &str, code: &str) {
    browser.come_with(&[]).await;
    browser.open("/objections/follow").await;
    browser.fill("异议编号", number).await;
    browser.click("下一步").await;
    browser.fill("查询码", "1234-5678-9012").await;
    browser.click("查看办理情况").await;
    browser.sees("编号和查询码对不上").await;
    browser.fill("查询码", code).await;
    browser.click("查看办理情况").await;
    browser.sees(ANSWER).await;
    browser.sees("不属实").await;
    // Who looked into it is nobody's business.
    browser.does_not_see("沈洁").await;
    browser.picture_on_the_phone("10-answered").await;
}

async fn the_third_is_named(browser: &Browser) {
    browser.sign_in("city_approver", PASSWORD).await;
    browser.open(NAMINGS).await;
    browser.does_not_see(HELD).await;
    browser.tick(CHENGUANG).await;
    browser.click("预览命名").await;
    browser.fill("命名文件文号", "常工发〔2018〕5号").await;
    browser.click("确认命名这 1 个").await;
    browser.come_with(&[]).await;
    browser.open("/honours?title=trusted-home").await;
    for candidate in [HENGFENG, CHENGUANG, YUANDONG] {
        browser.sees(candidate).await;
    }
    browser.picture_on_the_phone("11-named").await;
}
