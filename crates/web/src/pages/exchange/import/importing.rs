//! A long table that is being written in the background: the page says how far it is, and loads itself again until the result is there.

use askama::Template;
use jianjia_domain::core::{
    ids::ImportId,
    job::{Job, JobState},
    policy::Actor,
};

use crate::{
    frame::Frame,
    page::{PageResult, page},
    pages::{
        core::job::{Bar, shown_to},
        exchange::address,
    },
};

#[derive(Template)]
#[template(path = "exchange/import/importing.html")]
struct Importing {
    frame: Frame,
    file_name: String,
    bar: Bar,
    /// The job's page, for those who may stop it.
    job: Option<String>,
    /// Where this page stands, to be loaded again.
    again: String,
}

pub(super) fn shown(
    actor: &Actor,
    frame: Frame,
    id: &ImportId,
    job: &Job,
    file_name: String,
) -> PageResult {
    page(&Importing {
        bar: Bar::of(&frame, job),
        job: shown_to(actor, job),
        again: address::import(&frame, id),
        file_name,
        frame,
    })
}

/// A job that was to write the table, and did not.
pub(super) struct Broken {
    pub(super) words: String,
    /// The job's page; none for those to whom it is not there.
    pub(super) href: Option<String>,
}

impl Broken {
    pub(super) fn of(frame: &Frame, actor: &Actor, job: &Job) -> Option<Broken> {
        let words = match (job.state, &job.error) {
            (JobState::Failed, Some(error)) => {
                frame.t1("这张表没有导入：{}", frame.text(&error.text))
            }
            (JobState::Stopped, _) => frame
                .t("导入已停止，名册没有改。要导入的，请再确认一次。")
                .to_owned(),
            _ => return None,
        };
        Some(Broken {
            words,
            href: shown_to(actor, job),
        })
    }
}
