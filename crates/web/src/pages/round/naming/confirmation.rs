//! The preview of a naming, and its confirmation.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    round::{
        naming::{self as namings, ConfirmInput, NamingPreview},
        recommendation::RuleLine,
    },
};
use jianjia_domain::round::{
    naming::{Fate, Line},
    structure::{Holding, Tally},
};
use jianjia_standard::{Standard, programme::Holds};
use serde::Deserialize;

use super::{Index, ids, target_words, unanswered_words};
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_linking, unprocessable},
    pages::round::{address, recommendation::structure, review::looked_at_words},
    path::Path,
    request_key,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "round/naming/preview.html")]
struct Preview {
    frame: Frame,
    standard: Arc<Standard>,
    preview: NamingPreview,
    problems: Problems,
    form: ConfirmForm,
}

impl Preview {
    fn number(&self, line: &Line) -> Option<String> {
        match &line.fate {
            Fate::Named { number } => Some(number.clone()),
            Fate::Left => None,
        }
    }

    fn looked_at(&self, place: &usize) -> String {
        looked_at_words(&self.frame, self.preview.looked_at[*place])
    }

    /// Why none of it can be named.
    fn barred(&self) -> Option<String> {
        let refusal = self.preview.barred()?;
        Some(self.frame.refusal(&refusal))
    }

    fn tally(&self, tally: &Tally) -> String {
        structure::tally(&self.frame, tally)
    }

    fn holding_class(&self, holding: &Holding) -> &'static str {
        structure::holding_class(*holding)
    }

    fn bars(&self, rule: &RuleLine) -> bool {
        rule.holds == Holds::Bar
    }

    fn token(&self, line: &Line) -> String {
        line.token()
    }

    fn unanswered(&self, line: &Line) -> Vec<String> {
        unanswered_words(&self.frame, &line.candidate, &self.standard)
    }

    /// How many would be named although departments have not said anything of their unit.
    fn named_unanswered(&self) -> usize {
        let lines = self.preview.lines.iter();
        lines
            .filter(|line| {
                matches!(line.fate, Fate::Named { .. }) && !line.candidate.unanswered.is_empty()
            })
            .count()
    }

    fn before(&self) -> Option<String> {
        let (before, _) = self.preview.target.as_ref()?;
        Some(target_words(&self.frame, before))
    }

    fn after(&self) -> Option<String> {
        let (_, after) = self.preview.target.as_ref()?;
        Some(target_words(&self.frame, after))
    }
}

/// What would be named, to be confirmed.
pub(super) fn asked(app: &App, frame: Frame, preview: NamingPreview) -> PageResult {
    page(&Preview {
        standard: app.standards.of(preview.year).clone(),
        frame,
        preview,
        problems: Problems::none(),
        form: ConfirmForm {
            request_key: request_key::fresh(app),
            ..ConfirmForm::default()
        },
    })
}

/// What the preview sends when it is confirmed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConfirmForm {
    seen: Vec<String>,
    document_number: String,
    request_key: String,
}

pub(super) async fn confirm(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(form): Form<ConfirmForm>,
) -> PageResult {
    let input = ConfirmInput {
        seen: form.seen.clone(),
        document_number: form.document_number.clone(),
        request_key: form.request_key.clone(),
    };
    let done = namings::confirm(&app, &actor, year, &title, &input).await;
    match told(done, &frame)? {
        Ok(done) => {
            let standard = app.standards.of(year);
            let name = standard.title(&title).map(|title| frame.text(&title.name));
            let words = frame.t3(
                "已命名 {} 个{}：{}。称号已生效并编号，申报单位马上看得到。",
                done.named.len(),
                name.unwrap_or_default(),
                frame.first_names(done.named.into_iter()),
            );
            let list = format!("/honours/batches/{}", done.batch);
            see_other_linking(&address::namings(year, &title), &words, (&list, "查看名单"))
        }
        Err(problems) => {
            let chosen = ids(&form.seen);
            match namings::preview(&app, &actor, year, &title, &chosen).await {
                Ok(preview) if !preview.lines.is_empty() => unprocessable(&Preview {
                    standard: app.standards.of(year).clone(),
                    frame,
                    preview,
                    problems,
                    form: ConfirmForm {
                        seen: Vec::new(),
                        request_key: request_key::fresh(&app),
                        ..form
                    },
                }),
                _ => unprocessable(&Index {
                    standard: app.standards.of(year).clone(),
                    list: namings::list(&app, &actor, year, &title, 1).await?,
                    frame,
                    problems,
                    chosen: Vec::new(),
                }),
            }
        }
    }
}
