//! A rating in the real browser, mostly at the width of a phone: planned, printed, voted by slip, counted, recounted, and what it changes.

use jianjia_demo::testing::story::{PASSWORD, Story};
use jianjia_store::testing;

use crate::browser::{Browser, with_browser};

const GROUP: [(&str, &str); 5] = [
    ("陈志强", "党组织"),
    ("周建国", "工会"),
    ("孙丽", "会员代表"),
    ("钱海燕", "会员代表"),
    ("赵云", "会员代表"),
];

#[tokio::test(flavor = "multi_thread")]
async fn browser_forty_members_rate_their_home_by_slip_and_seven_on_paper() {
    let story = Story::begin(testing::sqlite().await).await;
    let app = story.city.app.clone();
    with_browser("poll", app, |browser| async move {
        let rating = format!("/units/{}/rating/2016", story.hengfeng.id);
        the_rating_is_unknown(&browser, &story).await;
        the_group_is_formed(&browser, &rating).await;
        let (poll, members, slips) = voting_opens_and_slips_are_printed(&browser).await;
        forty_members_vote(&browser, &poll, &slips).await;
        the_chair_ends_voting(&browser, &poll).await;
        two_members_enter_the_paper_and_open_the_box(&browser, &poll, &members).await;
        the_result_is_counted_again(&browser, &poll, &slips).await;
        three_members_sign(&browser, &poll, &members).await;
        the_criterion_is_met(&browser, &story, &rating).await;
    })
    .await;
}

async fn the_rating_is_unknown(browser: &Browser, story: &Story) {
    browser.sign_in("hengfeng_chair", PASSWORD).await;
    browser
        .open(&format!("/units/{}/home", story.hengfeng.id))
        .await;
    browser.sees("去组织民主测评").await;
    assert_eq!(state_of_m5d(browser).await, "还不知道");
    browser.picture("01-home-without-a-rating").await;
    browser.click("去组织民主测评").await;
    browser.sees("2016 年还没有有效的测评").await;
    browser.picture("02-steps").await;
}

/// What “my home” says of the criterion that asks for the rating.
async fn state_of_m5d(browser: &Browser) -> String {
    let state = browser.script(
        "return document.querySelector('[id^=M5d] .tag').textContent",
        vec![],
    );
    state.await.as_str().unwrap_or_default().to_owned()
}

async fn the_group_is_formed(browser: &Browser, rating: &str) {
    browser.open(&format!("{rating}/plan")).await;
    browser.fill("应投人数", "六十").await;
    browser.fill("第 1 位", "周建国").await;
    browser.fill("第 2 位", "吴敏").await;
    for (place, (name, side)) in GROUP.iter().enumerate() {
        let place = place + 1;
        browser
            .fill(&format!("第 {place} 位成员的姓名"), name)
            .await;
        browser
            .select(&format!("第 {place} 位成员代表"), side)
            .await;
    }
    browser.fill("投票的最后一天", "2016-12-20").await;
    browser.click("保存计划").await;
    browser.sees("请填 1 到 1000000 之间的整数。").await;
    browser.picture("03-plan-wrong").await;
    browser.fill("应投人数", "60").await;
    // Sixty of all members are no slip of the pen: who they are, and why, stands with the result.
    browser.select("参加投票的是", "会员代表大会代表").await;
    browser
        .fill("与会员人数不同的原因", "三班倒，由代表投票。")
        .await;
    browser.click("保存计划").await;
    browser.sees("计划已保存，").await;
    browser.picture("04-planned").await;
}

/// The poll's address, the members' codes and the slips', as they stand on the printed pages.
async fn voting_opens_and_slips_are_printed(
    browser: &Browser,
) -> (String, Vec<String>, Vec<String>) {
    browser.click("打开投票的工作页").await;
    browser.sees("开始投票前，请再看一遍").await;
    browser.picture("05-before-opening").await;
    let poll = browser.path().await;
    browser.click("开始投票").await;
    browser.sees("请打印成员码").await;
    let members = texts(browser, ".strip-code").await;
    browser.picture("06-members-codes").await;
    browser.click("打印好了，下一步：制作测评票").await;
    browser.picture("07-working-page").await;
    browser.fill("制几张", "60").await;
    browser.click("制作并打印").await;
    browser.sees("第 1 批，60 张测评票").await;
    let slips = texts(browser, ".slip-code").await;
    browser.picture("08-slips").await;
    assert_eq!((members.len(), slips.len()), (5, 60));
    (poll, members, slips)
}

async fn texts(browser: &Browser, selector: &str) -> Vec<String> {
    let script = format!(
        "return [...document.querySelectorAll('{selector}')].map((one) => one.textContent)"
    );
    let found = browser.script(&script, vec![]).await;
    let found = found.as_array().cloned().unwrap_or_default();
    let texts = found.iter().filter_map(|text| text.as_str());
    texts.map(str::to_owned).collect()
}

/// Thirty are satisfied, six basically, three are not, one leaves everything blank.
fn grade(voter: usize) -> &'static str {
    match voter {
        0..30 => "满意",
        30..36 => "基本满意",
        36..39 => "不满意",
        _ => "",
    }
}

async fn forty_members_vote(browser: &Browser, poll: &str, slips: &[String]) {
    browser.sign_out().await;
    let kiosk = poll.replace("/polls/", "/kiosk/");
    for (voter, slip) in slips.iter().take(40).enumerate() {
        if voter < 2 {
            browser.open(&kiosk).await;
            if voter == 0 {
                browser.picture("09-kiosk").await;
            }
            browser.fill("票上的 12 个字母和数字", slip).await;
            browser.click("开始投票").await;
        } else if voter % 4 == 3 {
            browser.open("/v").await;
            browser
                .fill("票上的 12 个字母和数字", &slip.to_lowercase())
                .await;
            if voter == 3 {
                browser.picture("10-typed-code").await;
            }
            browser.click("开始投票").await;
        } else {
            let code = slip.replace('-', "");
            browser.open(&format!("/v/{code}")).await;
        }
        browser.sees("无记名，半分钟。").await;
        choose_all(browser, grade(voter)).await;
        if voter == 2 {
            browser
                .fill("想对工会说的话", "食堂早点再早一点，谢谢。")
                .await;
            browser.picture("11-paper").await;
        }
        browser.click("下一步：再看一眼").await;
        if voter == 2 {
            browser.picture("12-last-look").await;
            // Back and forth keeps what was chosen.
            browser.click("返回修改").await;
            browser.click("下一步：再看一眼").await;
            browser.sees("食堂早点再早一点").await;
        }
        if voter == 39 {
            browser.sees("一项都没有选。").await;
            browser.picture("13-blank").await;
        }
        browser.click("确认提交").await;
        browser.sees("投好了，谢谢您").await;
        if voter == 0 {
            browser.picture("14-thanks-at-the-kiosk").await;
        }
        if voter == 2 {
            browser.picture("15-thanks").await;
        }
    }
    browser.open(&format!("/v/{}", slips[5])).await;
    browser.sees("这张票投过了").await;
    browser.picture("16-used-slip").await;
    browser.open("/v/why").await;
    browser.picture("17-who-can-see-my-ballot").await;
}

/// Chooses the same grade for every object.
async fn choose_all(browser: &Browser, grade: &str) {
    if grade.is_empty() {
        return;
    }
    for object in [
        "工会工作",
        "职工之家建设",
        "周建国 履职情况",
        "吴敏 履职情况",
    ] {
        browser.choose(object, grade).await;
    }
}

async fn the_chair_ends_voting(browser: &Browser, poll: &str) {
    browser.sign_in("hengfeng_chair", PASSWORD).await;
    browser.open(poll).await;
    browser.sees("发出 60 张，其中作废 0 张").await;
    browser.picture("18-open").await;
    browser.tick("我知道停止以后不能再开").await;
    browser.click("停止投票").await;
    browser.sees("已停止投票。").await;
    browser.sees("发出 60 ＝ 已用 40 ＋ 没用 20").await;
    browser.picture("19-closed").await;
}

async fn at_the_desk(browser: &Browser, poll: &str, code: &str) {
    browser.open(&format!("{poll}/group")).await;
    browser.fill("您的成员码", code).await;
    browser.click("进入").await;
    browser.sees("，您好").await;
}

/// Seven paper ballots, the same for every object but one.
async fn enter_paper(browser: &Browser, home_building: [&str; 4]) {
    browser.fill("ballots", "7").await;
    let answers = ["satisfied", "basically_satisfied", "dissatisfied", "void"];
    for object in ["union-work", "home-building", "leader:1", "leader:2"] {
        let counts = if object == "home-building" {
            home_building
        } else {
            ["6", "1", "0", "0"]
        };
        for (answer, count) in answers.iter().zip(counts) {
            browser.fill(&format!("{object}/{answer}"), count).await;
        }
    }
}

async fn two_members_enter_the_paper_and_open_the_box(
    browser: &Browser,
    poll: &str,
    members: &[String],
) {
    browser.open(&format!("{poll}/group")).await;
    browser.picture("20-members-desk").await;
    at_the_desk(browser, poll, &members[0]).await;
    enter_paper(browser, ["5", "1", "1", "0"]).await;
    browser.picture("21-paper-entry").await;
    browser.click("录入").await;
    browser.sees("陈志强 已录入").await;
    at_the_desk(browser, poll, &members[2]).await;
    enter_paper(browser, ["6", "0", "1", "0"]).await;
    browser.click("录入").await;
    browser.sees("不一致的地方：").await;
    browser.picture("22-entries-differ").await;
    enter_paper(browser, ["5", "1", "1", "0"]).await;
    browser.click("录入").await;
    browser.sees("两位成员录入一致，可以开箱了。").await;
    browser.fill("另一位成员的成员码", &members[4]).await;
    browser.picture("23-opening-the-box").await;
    browser.click("打开票箱，计票").await;
    browser.sees("票箱已经打开，计票完成。").await;
    browser.picture("24-counted").await;
}

async fn the_result_is_counted_again(browser: &Browser, poll: &str, slips: &[String]) {
    // A slip leads to the result, one that was never used too.
    browser
        .open(&format!("/v/{}", slips[50].replace('-', "")))
        .await;
    browser.sees("(35 + 7) ÷ 46 ≈ 91.3 %").await;
    browser.sees("应投 60 人，收回 47 张").await;
    browser.sees("说明：三班倒，由代表投票。").await;
    let result = poll.replace("/polls/", "/ratings/");
    assert_eq!(browser.path().await, result);
    browser.picture("25-result").await;
    let address = format!("{}{result}/recount.csv", browser.address);
    let file = reqwest::get(address)
        .await
        .expect("the file")
        .text()
        .await
        .expect("its text");
    let count = |answer: &str| file.matches(&format!("home-building,{answer},")).count();
    let counted = ["satisfied", "basically_satisfied", "dissatisfied", "void"].map(count);
    assert_eq!(counted, [35, 7, 4, 1]);
}

async fn three_members_sign(browser: &Browser, poll: &str, members: &[String]) {
    for (place, code) in members.iter().take(3).enumerate() {
        at_the_desk(browser, poll, code).await;
        browser.click("我看过结果，签字").await;
        browser.sees("您已经签字。").await;
        if place == 2 {
            browser.sees("结果正式生效").await;
            browser.picture("26-signed").await;
        }
    }
}

async fn the_criterion_is_met(browser: &Browser, story: &Story, rating: &str) {
    browser.sign_in("hengfeng_chair", PASSWORD).await;
    browser
        .open(&format!("/units/{}/home", story.hengfeng.id))
        .await;
    assert_eq!(state_of_m5d(browser).await, "达到");
    browser.picture("27-home-with-a-rating").await;
    browser.open(rating).await;
    browser.sees("今年的满意度").await;
    browser
        .fill("一件要改进的事", "十二月起食堂早点提前到六点半。")
        .await;
    browser.click("记下这件事").await;
    browser.sees("十二月起食堂早点提前到六点半。").await;
    browser.picture("28-improvements").await;
    browser.sign_in("subdistrict_reviewer", PASSWORD).await;
    browser.open(rating).await;
    browser.sees("上级工会可以办的").await;
    browser.picture("29-for-the-union-above").await;
}
