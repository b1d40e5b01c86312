//! The own account: its password, and what others did to it.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    office::{account as accounts, notice as account_notices, password as passwords},
};
use jianjia_domain::{
    core::{
        audit::{Written, deed::Deed},
        policy::Role,
    },
    office::{account::least_password, device::Device, notice::AccountNotice},
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other, unprocessable},
    pages::office::{
        session::device_words,
        sign_in::{begun_at, inside},
    },
    routes::{Access, Route},
    session::{Browser, NOTICES, SignedIn},
    visit::notice_cookie,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/accounts/password", Access::SignedIn, show),
        Route::post("/accounts/password", Access::SignedIn, change),
        Route::get(NOTICES, Access::SignedIn, notices),
        Route::post(NOTICES, Access::SignedIn, read),
    ]
}

#[derive(Template)]
#[template(path = "office/account/password.html")]
struct OwnPassword {
    frame: Frame,
    problems: Problems,
    must_change: bool,
    least: usize,
    notices: Vec<AccountNotice>,
}

impl OwnPassword {
    fn hint(&self) -> String {
        let sentence =
            "至少 {} 个字符，可以用几个不相干的词或一句话；不用姓名、工会名称、手机号和常用密码";
        self.frame.t1(sentence, self.least)
    }

    fn says(&self, notice: &AccountNotice) -> String {
        says(&self.frame, notice)
    }
}

async fn form(
    app: &App,
    SignedIn(actor): SignedIn,
    frame: Frame,
    problems: Problems,
) -> Result<OwnPassword, PageError> {
    let account = accounts::find(app, &actor, &actor.account).await?;
    Ok(OwnPassword {
        frame,
        problems,
        must_change: account.must_change,
        least: least_password(&actor.roles),
        notices: account_notices::newest(app, &actor).await?,
    })
}

async fn show(State(app): State<App>, signed_in: SignedIn, frame: Frame) -> PageResult {
    page(&form(&app, signed_in, frame, Problems::none()).await?)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Passwords {
    current: String,
    chosen: String,
    again: String,
}

async fn change(
    State(app): State<App>,
    signed_in: SignedIn,
    Browser(browser): Browser,
    frame: Frame,
    Form(typed): Form<Passwords>,
) -> PageResult {
    let changed = passwords::change(
        &app,
        &signed_in.0,
        &browser,
        &typed.current,
        &typed.chosen,
        &typed.again,
    )
    .await;
    match told(changed, &frame)? {
        Ok(begun) => {
            let mut response = begun_at("/desk", &begun)?;
            let notice = notice_cookie("密码已经修改，其他设备上的登录已经结束");
            let headers = response.headers_mut();
            headers.append(axum::http::header::SET_COOKIE, notice);
            Ok(response)
        }
        Err(problems) => unprocessable(&form(&app, signed_in, frame, problems).await?),
    }
}

#[derive(Template)]
#[template(path = "office/account/notices.html")]
struct Notices {
    frame: Frame,
    notices: Vec<AccountNotice>,
    next: String,
}

impl Notices {
    fn says(&self, notice: &AccountNotice) -> String {
        says(&self.frame, notice)
    }

    fn is_all_read(&self) -> bool {
        self.notices.iter().all(|notice| notice.is_read)
    }

    /// The newest that is shown: what comes later is not read with it.
    fn last(&self) -> &str {
        self.notices.first().map_or("", |notice| notice.id.as_str())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct After {
    next: String,
    last: String,
}

async fn notices(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(after): Query<After>,
) -> PageResult {
    page(&Notices {
        notices: account_notices::newest(&app, &actor).await?,
        next: inside(&after.next),
        frame,
    })
}

async fn read(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Form(after): Form<After>,
) -> PageResult {
    account_notices::read(&app, &actor, &after.last).await?;
    see_other(&inside(&after.next))
}

/// A notice as a sentence.
fn says(frame: &Frame, notice: &AccountNotice) -> String {
    let by = &notice.by_name;
    let role = Role::from_key(&notice.role).map_or("", |role| frame.t_fixed(role.word()));
    match &notice.act {
        Written::Known(Deed::ResetPassword) => frame.t1("{} 重置了您的密码。", by),
        Written::Known(Deed::ResetByInvitation) => {
            frame.t1("{} 给您重新发了邀请码，原来的密码不能再用。", by)
        }
        Written::Known(Deed::GiveRole) => {
            frame.t3("{} 给您增加了角色：{}（{}）。", by, role, &notice.unit_name)
        }
        Written::Known(Deed::TakeRole) => {
            frame.t3("{} 取消了您的角色：{}（{}）。", by, role, &notice.unit_name)
        }
        Written::Known(Deed::LockAccount) => frame.t1("{} 停用了您的账号。", by),
        Written::Known(Deed::ResetFactor) => frame.t1("{} 解除了您的两步验证。", by),
        Written::Known(Deed::RefusePasskey) => frame.t1(
            "通行密钥“{}”没有通过：它的计数比上一次小，可能被人复制了。请删除它，重新添加。",
            by,
        ),
        Written::Known(Deed::SignInElsewhere) => frame.t2(
            "您的账号在一台新的设备上或一个新的网络里登录过：{}，网络 {}。",
            device_words(frame, &Device::read(by)),
            &notice.unit_name,
        ),
        Written::Known(Deed::UnlockAccount) => frame.t1("{} 恢复了您的账号。", by),
        other => format!("{by}: {other}"),
    }
}
