//! How experience goes round, in the real browser: a chair writes a case on a phone, the offices recommend it, the city edits it, the chair compares and agrees,
//! another union finds it beside what it lacks and the public searches for it. Then a meeting where it was done, with one place too few.

use jianjia_app::exchange::verification;
use jianjia_demo::testing::story::{PASSWORD, Story};
use jianjia_store::testing;
use jiff::civil::date;

use crate::{
    CHENGUANG,
    browser::{Browser, with_browser},
    photo,
};

const TITLE: &str = "入会第一天，师傅带着办";
const EDITED: &str = "师傅领进门，入会第一天";
const PROBLEM: &str = "新职工流动快，工会卡办得慢。";
const METHOD: &str = "把入会、办卡和师徒结对放在同一天办。";
const EFFECT: &str = "一年里新职工入会办卡 120 人。";
const CAPTION: &str = "师徒结对那天";
const MEETING: &str = "师徒结对现场会";
const EMPTY_REASON: &str = "请写明理由，对方会看到。";

/// Those who wrote and handled it, whom the public does not read of.
const PEOPLE: [&str; 5] = ["赵志刚", "何平", "冯晓燕", "钱卫东", "周明"];

#[tokio::test(flavor = "multi_thread")]
async fn browser_a_case_goes_from_a_union_to_how_others_did_this_and_to_a_meeting() {
    let story = Story::begin(testing::sqlite().await).await;
    let app = story.city.app.clone();
    with_browser("sharing", app, |browser| async move {
        browser.be_wide(375).await;
        let case = a_chair_writes_it(&browser, &story).await;
        the_offices_recommend_it(&browser, &case).await;
        the_city_edits_it(&browser, &case).await;
        the_chair_compares_and_agrees(&browser).await;
        the_city_publishes_it(&browser, &case).await;
        another_union_finds_it(&browser, &story).await;
        the_public_searches_for_it(&browser, &case).await;
        let meeting = the_district_calls_a_meeting(&browser).await;
        three_book_two_places(&browser, &meeting).await;
        one_cancels_and_the_next_moves_up(&browser, &meeting).await;
        story.city.app.clock.set(date(2016, 10, 25));
        the_host_marks_who_came(&browser, &meeting).await;
        let found = verification::verify(&story.city.app).await;
        assert_eq!(found.expect("all is read").faults, [""; 0]);
    })
    .await;
}

/// Gives the case's address.
async fn a_chair_writes_it(browser: &Browser, story: &Story) -> String {
    browser.sign_in("chenguang_chair", PASSWORD).await;
    browser
        .open(&format!("/units/{}/cases", story.chenguang.id))
        .await;
    browser.sees("还没有写过案例").await;
    browser.click("写一个案例").await;
    browser.fill("案例标题", TITLE).await;
    browser.fill("遇到的问题", PROBLEM).await;
    browser
        .fill("做法", "赵志刚带头结对，报名打 13812345678。")
        .await;
    browser.fill("效果", EFFECT).await;
    browser.tick("M5a 精准帮扶和工会卡90%").await;
    browser.click("保存").await;
    // Neither a telephone number nor a name that nobody asked about; what was typed is there.
    browser.sees("这里有电话号码 13812345678").await;
    browser.sees("文中写到了本单位的赵志刚").await;
    assert_eq!(browser.value("效果").await, EFFECT);
    assert!(browser.is_ticked("M5a 精准帮扶和工会卡90%").await);
    browser.picture_on_the_phone("01-refused").await;
    browser.fill("做法", METHOD).await;
    browser.click("保存").await;
    browser.sees("已存成草稿。").await;
    browser.unfold("加照片").await;
    browser.attach("照片", &photo(story, "结对.png")).await;
    browser.fill("照片说明", CAPTION).await;
    browser.tick("照片里能认出的人都同意公开").await;
    browser.click("上传照片").await;
    browser.sees("照片已加上。").await;
    browser.picture_on_the_phone("02-the-draft").await;
    browser.click("报送上级工会").await;
    browser.sees("已报送，上级工会会收到消息。").await;
    browser.sees("等兰陵街道总工会推荐、退回或者不采用。").await;
    let case = browser.path().await;
    // Nobody else reads it.
    browser.come_with(&[]).await;
    browser.open(&case).await;
    browser.does_not_see(TITLE).await;
    case
}

async fn the_offices_recommend_it(browser: &Browser, case: &str) {
    browser.sign_in("subdistrict_reviewer", PASSWORD).await;
    browser.open("/cases/queue").await;
    browser.click(TITLE).await;
    browser.click("推荐到上一级").await;
    browser.sees("已推荐到上一级。").await;
    browser.sees("等天宁区总工会推荐、退回或者不采用。").await;
    browser.sign_in("district_reviewer", PASSWORD).await;
    browser.open("/cases/queue").await;
    browser.sees(CHENGUANG).await;
    browser.picture_on_the_phone("03-the-queue").await;
    browser.click(TITLE).await;
    browser.sees(METHOD).await;
    browser.sees(CAPTION).await;
    browser.click("退回修改").await;
    browser.sees(EMPTY_REASON).await;
    browser.click("推荐到上一级").await;
    browser.sees("已推荐到上一级。").await;
    assert_eq!(browser.path().await, case);
}

async fn the_city_edits_it(browser: &Browser, case: &str) {
    browser.sign_in("city_approver", PASSWORD).await;
    browser.open("/cases/queue").await;
    browser.click(TITLE).await;
    browser.click("编辑案例").await;
    browser.fill("案例标题", EDITED).await;
    browser.click("保存").await;
    browser.sees("已保存。").await;
    // What is edited stands beside what the union wrote.
    browser.sees(TITLE).await;
    browser.click("请报送单位对照、同意").await;
    browser.sees("已请报送单位对照编辑稿。").await;
    browser.open(&format!("{case}/edit")).await;
    browser.does_not_see("案例标题").await;
}

async fn the_chair_compares_and_agrees(browser: &Browser) {
    browser.sign_in("chenguang_chair", PASSWORD).await;
    browser.open("/desk").await;
    browser
        .click(&format!("案例“{EDITED}”的编辑稿等您对照、答复"))
        .await;
    for words in ["报送单位原稿", "市总工会编辑稿", TITLE, EDITED] {
        browser.sees(words).await;
    }
    browser.picture_on_the_phone("04-side-by-side").await;
    browser.click("不同意，请再改").await;
    browser.sees(EMPTY_REASON).await;
    browser.click("同意发布").await;
    browser.sees("已同意。").await;
}

async fn the_city_publishes_it(browser: &Browser, case: &str) {
    // Agreed to is not published.
    browser.come_with(&[]).await;
    browser.open(case).await;
    browser.does_not_see(EDITED).await;
    browser.sign_in("city_approver", PASSWORD).await;
    browser.open("/cases/queue").await;
    browser.click(EDITED).await;
    browser.click("发布案例").await;
    browser.sees("已发布，谁都可以看到。").await;
}

async fn another_union_finds_it(browser: &Browser, story: &Story) {
    browser.sign_in("hengfeng_chair", PASSWORD).await;
    browser
        .open(&format!("/units/{}/home", story.hengfeng.id))
        .await;
    browser.sees("兄弟工会怎么做：").await;
    browser.picture_on_the_phone("05-how-others-did-this").await;
    browser.click(&format!("{EDITED}（{CHENGUANG}）")).await;
    browser.sees(METHOD).await;
    browser.sees(CAPTION).await;
}

async fn the_public_searches_for_it(browser: &Browser, case: &str) {
    browser.come_with(&[]).await;
    browser.open("/cases").await;
    browser.fill("标题、工会或内容", "办卡").await;
    browser.click("查找").await;
    browser.sees("共 1 个案例。").await;
    browser.picture_on_the_phone("06-found-by-the-public").await;
    browser.click(EDITED).await;
    assert_eq!(browser.path().await, case);
    for words in [CHENGUANG, PROBLEM, METHOD, EFFECT, CAPTION] {
        browser.sees(words).await;
    }
    let shown = browser.download("main a[href*='/photos/']").await;
    assert!(image::load_from_memory(&shown).is_ok(), "the photo opens");
    for hidden in PEOPLE.into_iter().chain(["经过", TITLE]) {
        browser.does_not_see(hidden).await;
    }
    browser.picture_on_the_phone("07-the-case-in-public").await;
    // Nobody is found by the name of who wrote it.
    browser.open("/cases").await;
    browser.fill("标题、工会或内容", "赵志刚").await;
    browser.click("查找").await;
    browser.sees("没有找到案例").await;
}

/// Gives the meeting's address.
async fn the_district_calls_a_meeting(browser: &Browser) -> String {
    browser.sign_in("district_approver", PASSWORD).await;
    browser.open("/meetings").await;
    browser.sees("还没有会议").await;
    browser.click("召集一次会议").await;
    browser.choose("会议类别", "现场会").await;
    browser.fill("承办单位", "没有这家工会").await;
    browser.fill("会议名称", MEETING).await;
    browser
        .fill("看什么、谈什么", "看一次结对，谈怎样办卡。")
        .await;
    browser.fill("地点", "晨光印刷公司三楼活动室").await;
    browser.fill("哪一天", "2016-10-25").await;
    browser.fill("预约截止日期", "2016-10-28").await;
    browser.fill("会议名额", "2").await;
    browser.click("发布会议").await;
    // All that is wrong is told at once, and what is right stays.
    browser.sees("名册里没有这个名称或编号的下属工会。").await;
    browser.sees("预约要在那一天或以前截止").await;
    assert_eq!(browser.value("会议名称").await, MEETING);
    browser.fill("承办单位", CHENGUANG).await;
    browser.fill("预约截止日期", "2016-10-21").await;
    browser.picture_on_the_phone("08-call-a-meeting").await;
    browser.click("发布会议").await;
    browser.sees("会议已发布，承办单位会收到消息。").await;
    browser.sees("共 2 个，已预约 0 个，还有 2 个").await;
    browser.path().await
}

async fn three_book_two_places(browser: &Browser, meeting: &str) {
    let booked = "已预约。";
    let waits = "名额已满，排在候补里；有人取消，按先后自动补上，会发消息。";
    for (login, name, told) in [
        ("hengfeng_chair", "陈静", booked),
        ("yuandong_chair", "孙丽", booked),
        ("antai_chair", "王建国", waits),
    ] {
        browser.sign_in(login, PASSWORD).await;
        browser.open("/meetings").await;
        browser.click(MEETING).await;
        browser.fill("参加人姓名", name).await;
        browser.click("预约").await;
        browser.sees(told).await;
        browser.sees(name).await;
    }
    browser.sees("已预约 2 个，还有 0 个，候补 1 人").await;
    // Who comes for other unions is for the host and whoever called it.
    for other in ["陈静", "孙丽"] {
        browser.does_not_see(other).await;
    }
    browser.picture_on_the_phone("09-one-waits").await;
    assert_eq!(browser.path().await, meeting);
}

async fn one_cancels_and_the_next_moves_up(browser: &Browser, meeting: &str) {
    browser.sign_in("hengfeng_chair", PASSWORD).await;
    browser.open(meeting).await;
    browser.click("取消预约").await;
    browser.sees("预约已取消，名额让给候补的单位。").await;
    browser.sign_in("antai_chair", PASSWORD).await;
    browser.open("/messages").await;
    browser.sees("王建国已由候补转为预约").await;
    browser.open(meeting).await;
    browser.sees("已预约 2 个，还有 0 个").await;
    browser.does_not_see("候补 1 人").await;
}

async fn the_host_marks_who_came(browser: &Browser, meeting: &str) {
    browser.sign_in("chenguang_chair", PASSWORD).await;
    browser.open(meeting).await;
    // Who cancelled is not on the list.
    browser.does_not_see("陈静").await;
    browser.tick("孙丽到了").await;
    browser.picture_on_the_phone("10-who-came").await;
    browser.click("保存到会名单").await;
    browser.sees("到会人员已登记。").await;
    browser.sees("已登记到会 1 人。").await;
    assert!(browser.is_ticked("孙丽到了").await);
    assert!(!browser.is_ticked("王建国到了").await);
    browser.sign_in("district_approver", PASSWORD).await;
    browser.open("/meetings").await;
    browser.click(MEETING).await;
    browser.sees("已登记到会 1 人。").await;
    browser.picture_on_the_phone("11-the-list").await;
}
