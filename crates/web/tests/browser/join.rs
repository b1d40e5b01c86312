//! A sheet is scanned: the code comes into the form by itself, then a password, then the desk.

use jianjia_app::office::invitation::{Filter, making, printing};
use jianjia_demo::testing::city;
use jianjia_domain::{
    core::{place::UnitKind, policy::Role},
    register::person::Post,
};
use jianjia_store::testing;
use jiff::civil::date;

use crate::browser::with_browser;

#[tokio::test(flavor = "multi_thread")]
async fn browser_a_chair_scans_a_sheet_sets_a_password_and_is_at_the_desk() {
    let city = city(testing::sqlite().await, date(2016, 10, 20));
    let top = city.unit(None, UnitKind::City, "常州市总工会").await;
    let township = city
        .unit(Some(&top), UnitKind::Township, "红梅街道总工会")
        .await;
    let union = city
        .unit(Some(&township), UnitKind::Grassroots, "长江纺织厂工会")
        .await;
    city.person(&union, "陈静", Post::Chair).await;
    let approver = city.actor("街道审批", &[(Role::Approver, &township)]).await;
    let (app, under) = (&city.app, &township.id);
    making::make(app, &approver, under, true, 1).await.unwrap();
    let printed = printing::print(app, &approver, under, Filter::New, 30)
        .await
        .unwrap();
    let code = printed.sheets[0].code.clone();
    with_browser("join", city.app.clone(), |browser| async move {
        browser.open(&format!("/join#{code}")).await;
        browser.sees("这是您吗？").await;
        browser.sees("长江纺织厂工会").await;
        browser.picture("01-is-this-you").await;
        browser.fill("用户名", "13861012345").await;
        browser.fill("新密码", "pear tree bicycle").await;
        browser.fill("再输一次新密码", "pear tree bicycle").await;
        browser.click("是我，设好密码并登录").await;
        browser.sees("陈静，您好").await;
        browser.sees("欢迎您！").await;
        assert_eq!(browser.path().await, "/desk");
        browser.picture("02-desk").await;
    })
    .await;
}
