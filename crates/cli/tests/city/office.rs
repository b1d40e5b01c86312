//! The federations: a township that prints its sheets, and a district whose approver decides with a second factor.

use std::time::Instant;

use jianjia_domain::office::invitation::MOST_AT_ONCE;

use crate::{
    CHAIRS, PASSWORD, Story,
    founding::{Newcomer, choose_password},
    sheet::{self, Sheet, Telephone},
    town::{DISTRICT, IN_TOWNSHIP, TOWNSHIP, counted},
};

/// Who reviews at the township.
pub const REVIEWER: &str = "13900000001";

/// The reviewer comes in by a sheet of the city's, and prints those of the township.
pub async fn a_township_prints_its_sheets(story: &mut Story) -> Vec<Sheet> {
    let browser = &story.browser;
    let township = format!("{TOWNSHIP}总工会");
    let id = story.instance.id_of(&township).await;
    browser.open(&format!("/units/{id}/accounts")).await;
    browser.sees("名册里还没有登记主席").await;
    browser.click_in("周敏", "打印邀请单").await;
    browser
        .sees("邀请码只显示这一次，关掉就再也看不到了。")
        .await;
    browser.picture("09-the-reviewers-sheet").await;
    let own = sheet::printed(story, 1, 1).await;
    assert_eq!(
        (own[0].union.as_str(), own[0].who.as_str()),
        (township.as_str(), "周敏 审核人")
    );
    come_in(story, &own[0], "周敏").await;
    browser.sees("账号邀请").await;
    let unions = counted(IN_TOWNSHIP);
    browser
        .sees(&format!("还没有发 {unions} 个，已发未开通 0 个"))
        .await;
    browser.open("/invitations").await;
    browser
        .sees(&format!("打印邀请单：这一次 {unions} 张"))
        .await;
    let since = Instant::now();
    browser.click("生成并打印").await;
    story.times.took("sheets of a township", since);
    browser.sees(&format!("{unions} 张邀请单")).await;
    browser.picture("10-the-townships-sheets").await;
    let sheets = sheet::printed(story, IN_TOWNSHIP, CHAIRS).await;
    for sheet in &sheets {
        let mut unions = story.town.unions.iter();
        let union = unions.find(|union| union.name == sheet.union);
        let union = union.expect("a union of the table");
        assert_eq!(sheet.who, format!("{} 工会主席", union.chair));
        assert_eq!(sheet.login, union.telephone);
    }
    browser.open("/invitations?show=waiting").await;
    browser.sees(&format!("已发未开通 {unions}")).await;
    sheets
}

/// Comes in by a sheet, as somebody whom the browser does not know.
pub async fn come_in(story: &Story, sheet: &Sheet, name: &str) {
    story.browser.come_with(&[]).await;
    come_in_here(story, sheet, name).await;
    story.browser.sees(&format!("{name}，您好")).await;
}

/// Comes in by a sheet, in whoever's browser it is.
pub async fn come_in_here(story: &Story, sheet: &Sheet, name: &str) {
    let browser = &story.browser;
    browser.open(&sheet.path).await;
    browser.sees("这是您吗？").await;
    browser.sees("第 2 步，共 2 步：核对以后设置密码").await;
    browser.sees(name).await;
    browser.sees(&sheet.union).await;
    browser.fill("新密码", PASSWORD).await;
    browser.fill("再输一次新密码", PASSWORD).await;
    browser.click("是我，设好密码并登录").await;
    browser.sees("欢迎您！密码已经设好，您已经登录。").await;
}

pub async fn the_approver_turns_a_second_factor_on(
    story: &mut Story,
    approver: &Newcomer,
) -> Telephone {
    let browser = &story.browser;
    browser.sign_in(approver.login, &approver.once).await;
    choose_password(story, &approver.once).await;
    browser
        .sees("按本平台的设置，您的角色必须使用两步验证。")
        .await;
    browser.open("/reviews").await;
    browser.sees("启用两步验证").await;
    let script = "return document.querySelector('.secret-groups').innerText";
    let letters = browser.script(script, vec![]).await;
    let mut telephone = Telephone::of(letters.as_str().expect("a secret"));
    browser.picture("12-second-factor").await;
    if browser.text().await.contains("您的密码") {
        browser.fill("您的密码", PASSWORD).await;
    }
    browser.fill("验证码", &telephone.code().await).await;
    browser.click("启用").await;
    browser.sees("下面的恢复码只显示这一次").await;
    let script = "return document.querySelectorAll('.recovery-codes li').length";
    assert_eq!(browser.script(script, vec![]).await, 10);
    browser.click("已经保存，继续").await;
    browser.sees("吴刚，您好").await;
    browser.sees(&format!("{DISTRICT}总工会")).await;

    // The next time the password alone opens nothing.
    browser.come_with(&[]).await;
    browser.open("/sign-in").await;
    browser.fill("用户名", approver.login).await;
    browser.fill("密码", PASSWORD).await;
    browser.click_in("main", "登录").await;
    browser
        .sees("吴刚，您好。密码正确，请再输入手机上的验证码。")
        .await;
    browser.picture("13-second-step").await;
    browser.fill("验证码", &telephone.code().await).await;
    browser.click_in("main", "登录").await;
    browser.sees("退出").await;
    telephone
}

/// A chair has forgotten the password: the federation above gives a code, and is asked for the second factor anew before it may.
pub async fn the_approver_gives_a_new_code(
    story: &mut Story,
    telephone: &mut Telephone,
    forgot: &Sheet,
) -> Sheet {
    let (browser, instance) = (&story.browser, &story.instance);
    instance.a_while_passes().await;
    let id = instance.id_of(&forgot.union).await;
    browser.open(&format!("/units/{id}/accounts")).await;
    browser.sees("已经开通").await;
    browser.tick("本人忘了密码或丢了手机").await;
    browser.picture("14-a-forgotten-password").await;
    browser.click("重新发一次性邀请码").await;
    browser.sees("再验证一次").await;
    browser
        .sees("您刚才填写的内容没有丢，验证以后接着办。")
        .await;
    browser.picture("15-asked-anew").await;
    browser.fill("验证码", &telephone.code().await).await;
    browser.click("确认并继续办理").await;
    browser.sees("1 张邀请单").await;
    let mut sheets = sheet::printed(story, 1, 1).await;
    let sheet = sheets.remove(0);
    assert_eq!((&sheet.union, &sheet.login), (&forgot.union, &forgot.login));
    sheet
}

pub async fn a_district_prints_labels(story: &mut Story) {
    let browser = &story.browser;
    let all = story.town.elsewhere_in_district();
    let most = usize::try_from(MOST_AT_ONCE).expect("few");
    let labels = counted(all.min(most));
    browser.open("/invitations").await;
    browser.sees(&format!("未发邀请 {}", counted(all))).await;
    browser.choose("打印成", "标签，每页 12 张").await;
    let since = Instant::now();
    browser.click("生成并打印").await;
    story.times.took("labels of a district, 240 at most", since);
    browser.sees(&format!("{labels} 张邀请单")).await;
    if all > most {
        let left = counted(all - most);
        browser
            .sees(&format!("还有 {left} 个账号没有打印，回列表再打印一次。"))
            .await;
    }
    let script = "return document.querySelectorAll('.label svg').length";
    let drawn = browser.script(script, vec![]).await;
    assert_eq!(drawn, all.min(most));
    browser.picture("16-labels").await;
}
