//! The chairs, on their telephones: they come in by their sheet, forget a password, and hand over to the next.

use jianjia_app::core::clock::Clock;
use serde_json::json;

use crate::{
    PASSWORD, Story,
    file::log_an_activity,
    office::{REVIEWER, come_in, come_in_here},
    sheet::{self, Sheet},
};

/// The width of a telephone.
const NARROW: u32 = 375;

/// What the browser of somebody's telephone keeps: names and values of cookies.
pub struct Phone(Vec<(String, String)>);

/// Takes somebody's telephone up.
pub async fn on(story: &Story, phone: &Phone) {
    let cookies = phone.0.iter();
    let cookies: Vec<(&str, &str)> = cookies
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    story.browser.come_with(&cookies).await;
    story.browser.be_wide(NARROW).await;
}

/// The page does not scroll sideways.
pub async fn fits(story: &Story) {
    let browser = &story.browser;
    let script = "return document.documentElement.scrollWidth";
    let width = browser.script(script, vec![]).await;
    let path = browser.path().await;
    assert!(width.as_u64() <= Some(u64::from(NARROW)), "{path}: {width}");
}

/// Pictures of the page at both widths; then the telephone again.
pub async fn picture(story: &Story, name: &str) {
    story.browser.picture(name).await;
    story.browser.be_wide(NARROW).await;
}

/// Puts the telephone down: the desk's window again.
pub async fn down(story: &Story) {
    let clear = "Emulation.clearDeviceMetricsOverride";
    story.browser.devtools(clear, json!({})).await;
}

async fn kept(story: &Story) -> Phone {
    let asked = story.browser.devtools("Network.getCookies", json!({}));
    let asked = asked.await;
    let cookies = asked["value"]["cookies"].as_array().expect("cookies");
    let word =
        |cookie: &serde_json::Value, key: &str| cookie[key].as_str().expect("a word").to_owned();
    let kept = cookies.iter();
    Phone(
        kept.map(|cookie| (word(cookie, "name"), word(cookie, "value")))
            .collect(),
    )
}

pub async fn ten_come_in_by_their_sheet(story: &mut Story, sheets: &[Sheet]) -> Vec<Phone> {
    let mut phones = Vec::new();
    story.browser.be_wide(NARROW).await;
    for (place, sheet) in sheets.iter().enumerate() {
        let (name, _) = sheet.who.split_once(' ').expect("name and role");
        come_in(story, sheet, name).await;
        fits(story).await;
        if place == 0 {
            picture(story, "11-a-chairs-desk").await;
        }
        phones.push(kept(story).await);
    }
    // A code works once.
    story.browser.come_with(&[]).await;
    story.browser.open(&sheets[0].path).await;
    story.browser.sees("这个邀请码不能用").await;
    fits(story).await;
    down(story).await;
    phones
}

pub async fn who_forgot_comes_in_anew(story: &mut Story, sheet: &Sheet, phone: &Phone) {
    on(story, phone).await;
    let browser = &story.browser;
    browser.open("/desk").await;
    browser.sees("用户名").await;
    fits(story).await;
    browser.fill("用户名", &sheet.login).await;
    browser.fill("密码", PASSWORD).await;
    browser.click_in("main", "登录").await;
    browser.sees("用户名或密码不对。").await;
    let (name, _) = sheet.who.split_once(' ').expect("name and role");
    come_in_here(story, sheet, name).await;
    // What was done to the account is told before anything else; the telephone is the same as ever.
    let done = "吴刚 给您重新发了邀请码，原来的密码不能再用。";
    browser.sees(done).await;
    browser.does_not_see("新的设备").await;
    picture(story, "17-in-again").await;
    browser.click("我知道了").await;
    browser.sees(&format!("{name}，您好")).await;
    fits(story).await;
    down(story).await;
}

/// The union elects another chair and enters it; the township hands the account over; the old one has ended, and the new one finds the work.
pub async fn one_leaves_and_the_next_sees_the_work(
    story: &mut Story,
    sheet: &Sheet,
    phone: &Phone,
) {
    let browser = &story.browser;
    let id = story.instance.id_of(&sheet.union).await;
    let today = Clock::Real.today().to_string();
    let (old, _) = sheet.who.split_once(' ').expect("name and role");
    on(story, phone).await;
    log_an_activity(story, &id).await;
    browser.open(&format!("/units/{id}/elections/new")).await;
    browser.fill("选举日期", &today).await;
    browser.choose("任期", "三年").await;
    browser.fill("当选主席姓名", "许晓岚").await;
    browser.fill("当选主席电话", "13911112222").await;
    browser
        .choose(&format!("主席换了人的，原主席{old}"), "离任")
        .await;
    fits(story).await;
    picture(story, "21-an-election").await;
    browser.click("登记").await;
    browser.sees("选举已登记，换届是否按时从此按它计算。").await;
    browser.sees("3 年任期").await;
    fits(story).await;
    down(story).await;

    browser.sign_in(REVIEWER, PASSWORD).await;
    browser.sees("换届：1 个账号要交接").await;
    browser
        .sees(&format!("原主席 {old} 的账号仍在用，名册里的主席是 许晓岚"))
        .await;
    browser.picture("22-a-chair-changed").await;
    browser.open(&format!("/units/{id}/accounts")).await;
    browser.click("交接给 许晓岚").await;
    browser.sees("已经交接：原主席的账号不能再用").await;
    browser.picture("23-handed-over").await;
    browser.click("打印邀请单").await;
    browser.sees("1 张邀请单").await;
    let next = sheet::printed(story, 1, 1).await;
    assert_eq!(next[0].who, "许晓岚 工会主席");

    on(story, phone).await;
    browser.open("/desk").await;
    browser.fill("用户名", &sheet.login).await;
    browser.fill("密码", PASSWORD).await;
    browser.click_in("main", "登录").await;
    browser.sees("这个账号已停用。").await;
    fits(story).await;
    come_in(story, &next[0], "许晓岚").await;
    fits(story).await;
    browser.open(&format!("/units/{id}/activities")).await;
    browser.sees("职工拔河比赛").await;
    picture(story, "24-the-next-chair-sees-the-work").await;
    down(story).await;
}
