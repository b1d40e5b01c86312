//! The job that sends, each minute on one node. A dispatch is committed as this job's before it is sent, and what became of it after: killed in between,
//! it is sent once more, as the same letter.

use std::{collections::BTreeMap, pin::Pin};

use jianjia_app::{
    core::{
        app::App,
        error::Result,
        job::{
            Doing, Lane, Work,
            running::{Outcome, Running},
        },
    },
    office::post::{self as posts, Dispatch},
};
use jianjia_domain::core::{
    job::JobKind,
    post::{Answer, Channel, PostFailing},
};
use serde_json::json;

use crate::{
    Unreachable, gateway, letter,
    mail::{self, Connection},
};

pub const WORK: Work = Work {
    kind: JobKind::Post,
    doing: Doing::Once {
        lane: Lane::Short,
        is_here,
        run,
    },
};

/// Dispatches of a portion, and about how many of a run: the lane is others', too, and the next run comes within a minute.
const PORTION: i64 = 50;
const OF_A_RUN: i64 = 200;

fn is_here(app: &App) -> bool {
    !app.post.channels().is_empty()
}

fn run<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(send(app, running))
}

async fn send(app: &App, running: &Running) -> Result<Outcome> {
    let mut round = Round {
        app,
        sender: posts::sender(app).await?,
        connection: None,
        unreachable: BTreeMap::new(),
    };
    let (mut sent, mut failed) = (0, 0);
    while sent + failed < OF_A_RUN {
        let channels: Vec<Channel> = app
            .post
            .channels()
            .iter()
            .filter(|channel| !round.unreachable.contains_key(channel.key()))
            .copied()
            .collect();
        let dispatches = posts::gather(app, running, &channels, PORTION).await?;
        if dispatches.is_empty() {
            break;
        }
        for dispatch in &dispatches {
            let answer = round.answer(dispatch).await;
            match answer {
                Answer::Sent => sent += 1,
                Answer::Later(_) | Answer::Never(_) | Answer::NoSuchAddress(_) => failed += 1,
            }
            posts::mark(app, dispatch, &answer).await?;
        }
    }
    if let Some(connection) = round.connection.take() {
        mail::end(connection).await;
    }
    Ok(Outcome::Told(json!({"sent": sent, "failed": failed})))
}

/// One run: a connection for all its letters, and which channels are out of reach, so that no letter waits for them again.
struct Round<'a> {
    app: &'a App,
    sender: String,
    connection: Option<Connection>,
    unreachable: BTreeMap<&'static str, Unreachable>,
}

impl Round<'_> {
    async fn answer(&mut self, dispatch: &Dispatch) -> Answer {
        let channel = dispatch.channel;
        if let Some(Unreachable(why)) = self.unreachable.get(channel.key()) {
            return Answer::Later(PostFailing::Unreachable.told(why.as_str()));
        }
        let tried = match channel {
            Channel::Mail => self.by_mail(dispatch).await,
            Channel::Telephone => self.by_gateway(dispatch).await,
        };
        match tried {
            Ok(answer) => answer,
            Err(unreachable) => {
                self.connection = None;
                let answer = Answer::Later(PostFailing::Unreachable.told(unreachable.0.as_str()));
                self.unreachable.insert(channel.key(), unreachable);
                answer
            }
        }
    }

    async fn by_mail(&mut self, dispatch: &Dispatch) -> std::result::Result<Answer, Unreachable> {
        let Some(server) = &self.app.post.mail else {
            return Err(Unreachable("no mail server is set up".to_owned()));
        };
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None => self.connection.insert(mail::connect(server).await?),
        };
        let letter = letter::of(&self.sender, &self.app.post.address, dispatch);
        let id = dispatch.id.to_string();
        let at = dispatch.created_at;
        let (answer, _) = mail::send(connection, &id, &dispatch.address, &letter, at).await?;
        Ok(answer)
    }

    async fn by_gateway(
        &mut self,
        dispatch: &Dispatch,
    ) -> std::result::Result<Answer, Unreachable> {
        let Some(gateway) = &self.app.post.telephone else {
            return Err(Unreachable("no gateway is set up".to_owned()));
        };
        let text = letter::short(&self.app.post.address, dispatch);
        let (answer, _) = gateway::send(gateway, &dispatch.address, &text).await?;
        Ok(answer)
    }
}
