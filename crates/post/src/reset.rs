//! The job that sends somebody who forgot the password a one-time code. It goes at once and beside the letters that are gathered: the code stands in no
//! table, so that nobody reads it there.

use std::pin::Pin;

use anyhow::anyhow;
use jianjia_app::{
    core::{
        app::App,
        error::Result,
        job::{
            Doing, Lane, Work,
            running::{Outcome, Running},
        },
    },
    office::{
        post as posts,
        reset::{self as resets, Code},
    },
};
use jianjia_domain::{
    core::{
        job::JobKind,
        post::{Answer, Channel},
    },
    office::invitation::RESET,
    rating::poll::slip,
};
use jianjia_words::{sentence, t};
use serde_json::Value;

use crate::{Unreachable, gateway, letter::Letter, mail};

pub const WORK: Work = Work {
    kind: JobKind::Reset,
    doing: Doing::Once {
        lane: Lane::Short,
        is_here,
        run,
    },
};

fn is_here(app: &App) -> bool {
    !app.post.channels().is_empty()
}

fn run<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(send(app, running))
}

/// What became of it is told to nobody: it would say who has an account.
async fn send(app: &App, running: &Running) -> Result<Outcome> {
    let Some(code) = resets::prepare(app, &running.job.payload).await? else {
        return Ok(Outcome::Told(Value::Null));
    };
    let why = match sent(app, &code).await {
        Ok(Answer::Sent) => return Ok(Outcome::Told(Value::Null)),
        Ok(Answer::Never(error) | Answer::NoSuchAddress(error)) => {
            tracing::warn!(said = error.detail, "a code was not sent");
            return Ok(Outcome::Told(Value::Null));
        }
        Ok(Answer::Later(error)) => error.detail,
        Err(Unreachable(why)) => why,
    };
    // The next attempt sends another code.
    resets::not_sent(app, &code).await?;
    Err(anyhow!("a code was not sent: {why}").into())
}

async fn sent(app: &App, code: &Code) -> std::result::Result<Answer, Unreachable> {
    match (code.channel, &app.post.mail, &app.post.telephone) {
        (Channel::Mail, Some(server), _) => {
            let sender = posts::sender(app)
                .await
                .map_err(|error| Unreachable(format!("{:#}", anyhow::Error::from(error))))?;
            let letter = by_mail(&sender, &app.post.address, code);
            let mut connection = mail::connect(server).await?;
            let (id, now) = (code.id.to_string(), app.now());
            let (answer, _) = mail::send(&mut connection, &id, &code.address, &letter, now).await?;
            mail::end(connection).await;
            Ok(answer)
        }
        (Channel::Telephone, _, Some(gateway)) => {
            let (answer, _) = gateway::send(gateway, &code.address, &short(code)).await?;
            Ok(answer)
        }
        _ => Err(Unreachable("the channel is not set up".to_owned())),
    }
}

/// The letter. The code stands behind the `#` of the address, which no browser sends and no proxy logs.
fn by_mail(sender: &str, address: &str, code: &Code) -> Letter {
    let lang = code.lang;
    let printed = slip::printed(&code.code);
    let lines = [
        t(lang, "您好：").to_owned(),
        String::new(),
        sentence(
            lang,
            "您正在找回建家平台的密码。打开下面的地址，或者在“开通账号”页输入一次性码 {}，设一个新密码（{} 分钟内有效，只能用一次）：",
            &[&printed, &RESET.as_mins()],
        ),
        format!("{address}/join#{printed}"),
        String::new(),
        t(
            lang,
            "不是您本人要找回的，不用理会，密码没有变。一次性码不要告诉任何人，工作人员也不会问。",
        )
        .to_owned(),
        String::new(),
        "--".to_owned(),
        sender.to_owned(),
    ];
    Letter {
        subject: t(lang, "找回密码").to_owned(),
        text: lines.join("\n"),
    }
}

fn short(code: &Code) -> String {
    sentence(
        code.lang,
        "您正在找回建家平台的密码，一次性码 {}，{} 分钟内有效，不要告诉任何人。不是本人操作的，不用理会。",
        &[&slip::printed(&code.code), &RESET.as_mins()],
    )
}
