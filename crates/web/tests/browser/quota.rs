//! Places go down from the city to the districts and on to a subdistrict, come back from a list that is closed, and move on to another: on a phone, with
//! the sum in sight while they are typed.

use jianjia_demo::testing::story::PASSWORD;
use jianjia_domain::core::{place::UnitKind, policy::Role};

use crate::{
    CHENGUANG,
    browser::{Browser, with_browser},
    candidates,
};

const QUOTAS: &str = "/quotas/2017";
const LIST: &str = "/recommendations/2017/trusted-home";
const OURS: &str = "天宁区总工会";
const THEIRS: &str = "钟楼区总工会";

#[tokio::test(flavor = "multi_thread")]
async fn browser_places_go_down_are_returned_and_move_on() {
    let story = candidates::stage().await;
    let other = story
        .city
        .unit(Some(&story.federation), UnitKind::District, THEIRS)
        .await;
    let roles = [(Role::Approver, &other)];
    story
        .city
        .account("zhonglou_approver", PASSWORD, "许芳", None, &roles)
        .await;
    let chenguang = (&story.chenguang_chair_account, &story.chenguang);
    let file = candidates::file(&story, chenguang.0, chenguang.1).await;
    candidates::at_the_district(&story, &[file]).await;
    let app = story.city.app.clone();
    with_browser("quota", app, |browser| async move {
        browser.be_wide(375).await;
        the_city_gives_places_down(&browser).await;
        the_district_gives_one_on(&browser).await;
        the_other_district_returns_its_own(&browser).await;
        the_city_moves_one_on(&browser).await;
        the_district_has_one_more(&browser).await;
    })
    .await;
}

async fn the_city_gives_places_down(browser: &Browser) {
    browser.sign_in("city_approver", PASSWORD).await;
    browser.open(QUOTAS).await;
    browser.fill(OURS, "1").await;
    browser.sees("信赖职工之家 1").await;
    browser.fill(THEIRS, "两").await;
    // What is no number has no sum, and is told before anything is released.
    browser.sees("信赖职工之家 ?").await;
    browser.click("预览名额").await;
    browser.sees("整张表都还没有下达").await;
    browser.click("返回修改").await;
    assert_eq!(browser.value(THEIRS).await, "两");
    assert_eq!(browser.value(OURS).await, "1");
    browser.fill(THEIRS, "2").await;
    browser.sees("信赖职工之家 3").await;
    browser.picture_on_the_phone("01-typed").await;
    browser.click("预览名额").await;
    browser.sees("合计从 0 个变为 3 个").await;
    browser.picture_on_the_phone("02-preview").await;
    browser.click("确认下达").await;
    browser.sees("共 3 个").await;
    // Whether places may be given on to townships is the city's to say.
    browser.unfold("能不能分到镇（街道）").await;
    browser.press_at("button[name=open][value=yes]").await;
    browser.sees("推荐单位可以把名额分到镇（街道）了。").await;
}

async fn the_district_gives_one_on(browser: &Browser) {
    browser.sign_in("district_approver", PASSWORD).await;
    browser.open(LIST).await;
    browser
        .sees("名额 1 个，已推荐 0 个，还可推荐 1 个。")
        .await;
    browser.click("分到镇（街道）").await;
    browser.fill("兰陵街道总工会", "2").await;
    browser.sees("2 / 1").await;
    browser.click("保存分配").await;
    browser.sees("合计 2 个，比本单位的 1 个名额多").await;
    assert_eq!(browser.value("兰陵街道总工会").await, "2");
    browser.fill("兰陵街道总工会", "1").await;
    browser.sees("1 / 1").await;
    browser.picture_on_the_phone("03-given-on").await;
    browser.click("保存分配").await;
    browser.sees("已保存，1 处有变动。").await;
    browser.open(LIST).await;
    browser.fill(&format!("{CHENGUANG} 的名次"), "1").await;
    browser.click("保存名次").await;
    browser.sees("个候选的名次已保存。").await;
}

async fn the_other_district_returns_its_own(browser: &Browser) {
    browser.sign_in("zhonglou_approver", PASSWORD).await;
    browser.open(LIST).await;
    browser.sees("名额 2 个").await;
    browser.unfold("办结推荐，退回没用完的名额").await;
    browser.sees("没用完的 2 个名额退回市总工会").await;
    browser
        .picture_on_the_phone("04-nothing-to-recommend")
        .await;
    browser.click("办结推荐").await;
    browser.does_not_see("没用完的 2 个名额退回市总工会").await;
}

async fn the_city_moves_one_on(browser: &Browser) {
    browser.sign_in("city_approver", PASSWORD).await;
    browser.open(QUOTAS).await;
    browser.sees("其中 2 个还没有调剂出去").await;
    browser.select("称号", "信赖职工之家").await;
    browser.select("从哪个单位调出", THEIRS).await;
    browser.select("调剂给", OURS).await;
    browser.fill("调剂多少", "5").await;
    browser.fill("调剂的理由", "天宁区候选多、名额少").await;
    browser.click("预览调剂").await;
    browser.sees("请填 1 到 2 的整数").await;
    assert_eq!(browser.value("调剂的理由").await, "天宁区候选多、名额少");
    browser.fill("调剂多少", "1").await;
    browser.click("预览调剂").await;
    for words in [
        "退回未调剂 2 个",
        "退回未调剂 1 个",
        "名额 1 个",
        "名额 2 个",
        "天宁区候选多、名额少",
    ] {
        browser.sees(words).await;
    }
    // Who would have it stands there before it is confirmed.
    browser
        .sees(&format!("得到名额的单位排在最前的候选：{CHENGUANG}"))
        .await;
    browser.picture_on_the_phone("05-preview-of-the-move").await;
    browser.click("确认调剂").await;
    browser
        .sees("已调剂 1 个名额，并告知得到名额的单位。")
        .await;
    browser.sees("其中 1 个还没有调剂出去").await;
    browser.picture_on_the_phone("06-moved").await;
}

async fn the_district_has_one_more(browser: &Browser) {
    browser.sign_in("district_approver", PASSWORD).await;
    browser.open(LIST).await;
    browser
        .sees("名额 2 个，已推荐 0 个，还可推荐 2 个。")
        .await;
    browser.tick(CHENGUANG).await;
    browser.click("推荐勾选的").await;
    browser
        .sees("名额 2 个，已推荐 1 个，还可推荐 1 个。")
        .await;
    browser.picture_on_the_phone("07-recommended").await;
}
