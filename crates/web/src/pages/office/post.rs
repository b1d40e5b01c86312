//! Mail and text messages: what each wants to be told, and for the city's administrators what waits, failed and was sent.

pub(crate) mod export;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    office::{
        post::{self as posts, Outgoing, Overview, OwnForm, OwnPost},
        provider as providers,
    },
};
use jianjia_domain::core::{
    ids::DispatchId,
    policy::{Act, Actor},
    post::{Channel, PostState, Wish},
};

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::{core::export::download, office::address},
    path::Path,
    routes::{Access, Route},
    session::{SignedIn, Token},
};

const MANAGE: Access = Access::Act(Act::ManagePost);

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(address::OWN_POST, Access::SignedIn, own),
        Route::post(address::OWN_POST, Access::SignedIn, choose),
        Route::get(address::POST, MANAGE, index),
        Route::get("/post/export", MANAGE, download::<export::Post>),
        Route::post("/post/{dispatch}/retry", MANAGE, retry),
    ]
}

#[derive(Template)]
#[template(path = "office/post/own.html")]
struct Own {
    frame: Frame,
    problems: Problems,
    form: OwnForm,
    post: OwnPost,
    /// A session that began at the identity provider just now stands for the password.
    asks_password: bool,
}

impl Own {
    fn has(&self, channel: Channel) -> bool {
        self.post.channels.contains(&channel)
    }

    fn has_mail(&self) -> bool {
        self.has(Channel::Mail)
    }

    fn has_telephone(&self) -> bool {
        self.has(Channel::Telephone)
    }

    fn wishes(&self) -> Vec<(String, String)> {
        let wishes = Wish::ALL.into_iter();
        wishes
            .map(|wish| {
                let word = self.frame.t_fixed(wish.word());
                (wish.key().to_owned(), word.to_owned())
            })
            .collect()
    }

    /// The addresses that were refused, each with its channel.
    fn refused(&self) -> Vec<String> {
        let own = &self.post.addresses;
        let choices = self.post.choices.iter();
        choices
            .filter(|choice| {
                let address = match choice.channel {
                    Channel::Mail => &own.mail,
                    Channel::Telephone => &own.telephone,
                };
                !address.is_empty() && *address == choice.refused_address
            })
            .map(|choice| choice.refused_address.clone())
            .collect()
    }
}

async fn own(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Token(token): Token,
    frame: Frame,
) -> PageResult {
    let post = posts::own(&app, &actor).await?;
    let wish = |channel| {
        let mut choices = post.choices.iter();
        let choice = choices.find(|choice| choice.channel == channel);
        choice.map_or("", |choice| choice.wish.key()).to_owned()
    };
    page(&Own {
        form: OwnForm {
            mail: post.addresses.mail.clone(),
            telephone: post.addresses.telephone.clone(),
            mail_wish: wish(Channel::Mail),
            telephone_wish: wish(Channel::Telephone),
            password: String::new(),
        },
        asks_password: !providers::is_fresh(&app, &token).await?,
        frame,
        problems: Problems::none(),
        post,
    })
}

async fn choose(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Token(token): Token,
    frame: Frame,
    Form(form): Form<OwnForm>,
) -> PageResult {
    let chosen = posts::choose(&app, &actor, &token, &form, frame.lang).await;
    match told(chosen, &frame)? {
        Ok(()) => see_other_with(address::OWN_POST, "已保存。"),
        Err(problems) => unprocessable(&Own {
            post: posts::own(&app, &actor).await?,
            asks_password: !providers::is_fresh(&app, &token).await?,
            frame,
            problems,
            form,
        }),
    }
}

#[derive(Template)]
#[template(path = "office/post/index.html")]
struct Index {
    frame: Frame,
    problems: Problems,
    overview: Overview,
}

impl Index {
    fn channel(&self, one: &Outgoing) -> &'static str {
        self.frame.t_fixed(one.channel.word())
    }

    fn why(&self, one: &Outgoing) -> String {
        why(&self.frame, one)
    }

    /// What the other side said, in its own words.
    fn said<'a>(&self, one: &'a Outgoing) -> &'a str {
        one.error.as_ref().map_or("", |error| error.detail.as_str())
    }

    fn times(&self, one: &Outgoing) -> String {
        if one.state == PostState::Waiting && one.attempts > 0 {
            let due = self.frame.minute(one.due_at);
            self.frame.t2("试过 {} 次，{} 再试", one.attempts, due)
        } else {
            self.frame.t1("试过 {} 次", one.attempts)
        }
    }

    fn lists(&self) -> Vec<(&str, &[Outgoing])> {
        let (frame, overview) = (&self.frame, &self.overview);
        vec![
            (frame.t("等待发送和再试的"), &overview.waiting),
            (frame.t("未发出，不再试的"), &overview.given_up),
            (frame.t("最近发出的"), &overview.sent),
        ]
    }

    /// Channel, what became of it, how many messages.
    fn figures(&self) -> Vec<(&'static str, String, String)> {
        let figures = self.overview.figures.iter();
        figures
            .map(|(channel, state, failed, count)| {
                let mut state_word = self.frame.t_fixed(state.word()).to_owned();
                if *state == PostState::Waiting && *failed {
                    state_word = self.frame.t("邮件|未发出，等待再试").to_owned();
                }
                (
                    self.frame.t_fixed(channel.word()),
                    state_word,
                    self.frame.count(*count),
                )
            })
            .collect()
    }
}

/// Why the last attempt failed; empty where it did not.
fn why(frame: &Frame, one: &Outgoing) -> String {
    let text = one.error.as_ref().map(|error| &error.text);
    text.map_or_else(String::new, |text| frame.text(text).to_owned())
}

async fn index(State(app): State<App>, SignedIn(actor): SignedIn, frame: Frame) -> PageResult {
    page(&listed(&app, &actor, frame, Problems::none()).await?)
}

async fn listed(
    app: &App,
    actor: &Actor,
    frame: Frame,
    problems: Problems,
) -> Result<Index, crate::page::PageError> {
    Ok(Index {
        overview: posts::overview(app, actor).await?,
        frame,
        problems,
    })
}

async fn retry(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<DispatchId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let tried = posts::try_again(&app, &actor, &id).await;
    match told(tried, &frame)? {
        Ok(()) => see_other_with(address::POST, "一分钟内再试一次。"),
        Err(problems) => unprocessable(&listed(&app, &actor, frame, problems).await?),
    }
}
