//! What whoever objects typed, and what handlers write.

use serde::{Deserialize, Serialize};

use super::{FILES_AT_MOST, FILES_BYTES, LONGEST, Objection, ObjectionRefusal};
use crate::{
    core::{ids::ApplicationId, refusal::Refusal, text},
    year::evidence::MediaType,
};

/// The most characters of a name, and of a telephone number.
const LONGEST_NAME: usize = 60;

/// The most people whom it must not reach.
const NAMED_AT_MOST: usize = 10;

/// What somebody typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ObjectionForm {
    /// To which candidate.
    pub application: String,
    pub text: String,
    pub name: String,
    pub telephone: String,
    /// People whom it must not reach, a line each.
    pub keep_from: String,
    /// A field that no person sees: programs that fill in everything fill it in, too.
    pub website: String,
    /// Of the form: what is sent twice with it is one objection.
    pub request_key: String,
}

/// All that was said, and by whom. It is kept encrypted: who works somewhere may be known by what they write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub text: String,
    pub name: String,
    pub telephone: String,
    pub keep_from: Vec<String>,
    /// What the files are called, in their order.
    pub files: Vec<FileName>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileName {
    pub name: String,
    pub mime: String,
}

/// Reads a form for one of the candidates that are shown.
///
/// # Errors
/// A refusal for each field that can't be taken.
pub fn read(
    form: &ObjectionForm,
    candidates: &[ApplicationId],
) -> Result<(ApplicationId, Content), Refusal> {
    if !form.website.is_empty() {
        return Err(ObjectionRefusal::ByProgram.into());
    }
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut refuse = |field: &str, refusal: ObjectionRefusal| {
        wrong.push((field.to_owned(), refusal.into()));
    };
    let candidate: Option<ApplicationId> = form.application.parse().ok();
    let candidate = candidate.filter(|id| candidates.contains(id));
    if candidate.is_none() {
        refuse("application", ObjectionRefusal::NoCandidate);
    }
    let said = form.text.trim().replace("\r\n", "\n");
    if said.is_empty() {
        refuse("text", ObjectionRefusal::NoText);
    }
    if said.chars().count() > LONGEST {
        refuse("text", ObjectionRefusal::TooLong { most: LONGEST });
    }
    let (name, telephone) = (text::line(&form.name), text::line(&form.telephone));
    for (field, line) in [("name", &name), ("telephone", &telephone)] {
        if line.chars().count() > LONGEST_NAME {
            refuse(field, ObjectionRefusal::TooLong { most: LONGEST_NAME });
        }
    }
    let keep_from = form.keep_from.split(['\n', '、', '，', ',', '；', ';']);
    let keep_from = keep_from.map(text::line).filter(|name| !name.is_empty());
    let keep_from: Vec<String> = keep_from.collect();
    if keep_from.len() > NAMED_AT_MOST {
        refuse(
            "keep_from",
            ObjectionRefusal::TooManyNamed {
                most: NAMED_AT_MOST,
            },
        );
    }
    if keep_from
        .iter()
        .any(|name| name.chars().count() > LONGEST_NAME)
    {
        refuse(
            "keep_from",
            ObjectionRefusal::TooLong { most: LONGEST_NAME },
        );
    }
    match candidate {
        Some(candidate) if wrong.is_empty() => Ok((
            candidate,
            Content {
                text: said,
                name,
                telephone,
                keep_from,
                files: Vec::new(),
            },
        )),
        _ => Err(Refusal::Fields(wrong)),
    }
}

/// Whether files may come with it: photos and PDF alone, and not too many.
///
/// # Errors
/// `TooManyFiles`, `FilesTooBig`; `NotThisKind` for others.
pub fn admit(files: &[(MediaType, usize)]) -> Result<(), Refusal> {
    let at_file = |refusal: ObjectionRefusal| Err(Refusal::at("file", refusal));
    if files.len() > FILES_AT_MOST {
        return at_file(ObjectionRefusal::TooManyFiles {
            most: FILES_AT_MOST,
        });
    }
    if files.iter().map(|(_, bytes)| bytes).sum::<usize>() > FILES_BYTES {
        return at_file(ObjectionRefusal::FilesTooBig {
            megabytes: FILES_BYTES / (1024 * 1024),
        });
    }
    let is_taken = |kind: MediaType| kind.is_image() || kind == MediaType::Pdf;
    if files.iter().any(|(kind, _)| !is_taken(*kind)) {
        return at_file(ObjectionRefusal::NotThisKind);
    }
    Ok(())
}

/// A note or an answer as it was typed.
///
/// # Errors
/// When it says nothing or too much, or the objection is closed.
pub fn written(objection: &Objection, field: &str, typed: &str) -> Result<String, Refusal> {
    if objection.answer.is_some() {
        return Err(ObjectionRefusal::Closed.into());
    }
    let said = as_written(typed);
    if said.is_empty() {
        return Err(Refusal::at(field, ObjectionRefusal::NothingWritten));
    }
    if said.chars().count() > LONGEST {
        return Err(Refusal::at(
            field,
            ObjectionRefusal::TooLong { most: LONGEST },
        ));
    }
    Ok(said)
}

/// What was typed, as it is kept.
pub fn as_written(typed: &str) -> String {
    typed.trim().replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn candidate() -> ApplicationId {
        ApplicationId(Uuid::from_u128(7))
    }

    fn form() -> ObjectionForm {
        ObjectionForm {
            application: candidate().to_string(),
            text: " 会员数\r\n不实 ".to_owned(),
            keep_from: "陈主席、 李 审核\n".to_owned(),
            ..ObjectionForm::default()
        }
    }

    #[test]
    fn an_objection_needs_a_candidate_and_a_text_and_no_name() {
        let (found, content) = read(&form(), &[candidate()]).unwrap();
        assert_eq!(found, candidate());
        assert_eq!(content.text, "会员数\n不实");
        assert_eq!(content.keep_from, ["陈主席", "李 审核"]);
        let Err(Refusal::Fields(fields)) = read(&ObjectionForm::default(), &[candidate()]) else {
            panic!("candidate and text are missing");
        };
        let fields: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["application", "text"]);
        // Of another notice.
        assert!(read(&form(), &[]).is_err());
    }
}
