//! People of a unit: its workers of the union, officers and socially employed workers (clause A5).

use crate::core::refusal::Refuse;
use jianjia_standard::Lang;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    core::{
        ids::{PersonId, UnitId},
        refusal::Refusal,
        text::{
            form::{is_persons_name, several_people},
            line, private_character,
        },
        width::{has_control, narrow},
    },
    register::unit::{form::Refusals, refusal::UnitRefusal},
};

jianjia_standard::keyed! {
    /// What a person is to the union, as the standard sorts people.
    pub enum Post {
        Chair = "chair" / "工会主席",
        Worker = "worker" / "基层工会工作者",
        Officer = "officer" / "工会机关干部",
        Social = "social" / "社会化工会工作者",
    }
}

impl Post {
    /// The post that a person or a sheet means, by key or words.
    pub fn read(text: &str) -> Option<Post> {
        let text = narrow(text);
        Post::ALL
            .into_iter()
            .find(|post| post.key() == text || post.word() == text)
            .or_else(|| (text == "主席").then_some(Post::Chair))
    }
}

/// A person of a unit. Nobody is deleted: who leaves has `left_on`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    pub unit_id: UnitId,
    pub unit_path: String,
    pub details: PersonDetails,
    pub sort_key: String,
    pub left_on: Option<Date>,
    pub revision: i64,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDetails {
    pub name: String,
    pub post: Post,
    /// What the person does, in words: 组织委员.
    pub duty: String,
    pub phone: Option<String>,
    pub since_on: Option<Date>,
}

/// A person as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonForm {
    pub name: String,
    pub post: String,
    pub duty: String,
    pub phone: String,
    pub since_on: String,
}

/// The person as typed, read; or every field that can't be taken.
///
/// # Errors
/// By field. `name`: `NameMissing`, or `NotAName` beyond 40 characters, or as `not_one_person`; `post`: `PostMissing`; `duty`: `DutyTooLong`, beyond 60 characters;
/// `phone` and `since_on`: a unit's `NotAPhone`, `NotADay` and `DayInFuture`.
pub fn read(form: &PersonForm, today: Date) -> Result<PersonDetails, Refusal> {
    let mut refusals = Refusals::default();
    let name = line(&form.name);
    if name.is_empty() {
        refusals.add("name", PersonRefusal::NameMissing);
    } else if name.chars().count() > 40 || has_control(&form.name) {
        refusals.add("name", PersonRefusal::NotAName);
    } else if let Some(character) = private_character(&form.name) {
        refusals.add("name", UnitRefusal::PrivateCharacter { character });
    } else if let Some(refusal) = not_one_person(&form.name) {
        refusals.add("name", refusal);
    }
    let post = Post::read(&form.post);
    if post.is_none() {
        refusals.add("post", PersonRefusal::PostMissing);
    }
    let duty = line(&form.duty);
    if duty.chars().count() > 60 || has_control(&form.duty) {
        refusals.add("duty", PersonRefusal::DutyTooLong);
    }
    let details = PersonDetails {
        name,
        post: post.unwrap_or(Post::Worker),
        duty,
        phone: refusals.phone("phone", &form.phone),
        since_on: refusals.day("since_on", &form.since_on, today),
    };
    refusals.or(details)
}

/// Why a text is not the name of one person.
pub fn not_one_person(name: &str) -> Option<PersonRefusal> {
    if let Some(names) = several_people(name) {
        return Some(PersonRefusal::SeveralPeople { names });
    }
    let typed = line(name);
    (!is_persons_name(name)).then_some(PersonRefusal::NotOnePerson { typed })
}

/// A person as it stands in a form.
pub fn form_of(details: &PersonDetails) -> PersonForm {
    PersonForm {
        name: details.name.clone(),
        post: details.post.key().to_owned(),
        duty: details.duty.clone(),
        phone: details.phone.clone().unwrap_or_default(),
        since_on: details
            .since_on
            .map_or_else(String::new, |day| day.to_string()),
    }
}

/// A phone number for those who need not call it: the middle hidden.
pub fn masked_phone(phone: &str) -> String {
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let mut place = 0;
    phone
        .chars()
        .map(|character| {
            if !character.is_ascii_digit() {
                return character;
            }
            place += 1;
            if place > digits.saturating_sub(4) || (digits >= 10 && place <= 3) {
                character
            } else {
                '*'
            }
        })
        .collect()
}

#[derive(Clone, Debug, PartialEq)]
pub enum PersonRefusal {
    NameMissing,
    NotAName,
    SeveralPeople {
        names: Vec<String>,
    },
    /// A number, a sign, a name with a telephone or “and others”.
    NotOnePerson {
        typed: String,
    },
    PostMissing,
    DutyTooLong,
    /// The unit has a chair already.
    ChairTaken {
        chair: String,
    },
    /// The same name is in the unit already, without a different phone to tell them apart.
    AlreadyThere {
        name: String,
    },
    HasLeft {
        name: String,
    },
    LeftDayMissing,
    LeftBeforeSince {
        since_on: Date,
    },
}

impl Refuse for PersonRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (PersonRefusal::NameMissing, Lang::Zh) => "请填写姓名。".to_owned(),
            (PersonRefusal::NameMissing, Lang::En) => "Enter the name.".to_owned(),
            (PersonRefusal::NotAName, Lang::Zh) => {
                "姓名最多 40 个字，不能有控制字符，请核对。".to_owned()
            }
            (PersonRefusal::NotAName, Lang::En) => {
                "A name has 40 characters at most and no control characters. Check it.".to_owned()
            }
            (PersonRefusal::SeveralPeople { names }, Lang::Zh) => format!(
                "一格里填了 {} 个人（{}）。请一人一行，每行填一个姓名。",
                names.len(),
                names.join("、")
            ),
            (PersonRefusal::SeveralPeople { names }, Lang::En) => format!(
                "The cell names {} people ({}). Enter one person a row, with one name each.",
                names.len(),
                names.join(", ")
            ),
            (PersonRefusal::NotOnePerson { typed }, Lang::Zh) => format!(
                "“{typed}”不像一个人的姓名。请只填一个人的姓名，不带数字、问号和“等”字；电话填在电话一栏。"
            ),
            (PersonRefusal::NotOnePerson { typed }, Lang::En) => format!(
                "“{typed}” does not look like one person's name. Enter the name of one person, without digits, question marks or “and others”; a telephone number has a place of its own."
            ),
            (PersonRefusal::PostMissing, Lang::Zh) => format!(
                "请选择身份：{}。个人称号按身份申报。",
                Post::ALL.map(Post::word).join("、")
            ),
            (PersonRefusal::PostMissing, Lang::En) => format!(
                "Choose the post: {}. Personal titles go by post.",
                Post::ALL.map(Post::key).join(", ")
            ),
            (PersonRefusal::DutyTooLong, Lang::Zh) => "职务最多 60 个字，请缩短。".to_owned(),
            (PersonRefusal::DutyTooLong, Lang::En) => {
                "The duty takes 60 characters at most. Please shorten it.".to_owned()
            }
            (PersonRefusal::ChairTaken { chair }, Lang::Zh) => format!(
                "现任工会主席登记的是“{chair}”，一个单位只有一位主席。请先登记“{chair}”离任或改变身份。"
            ),
            (PersonRefusal::ChairTaken { chair }, Lang::En) => format!(
                "“{chair}” is registered as chair, and a unit has one. Record first that “{chair}” left or has another post."
            ),
            (PersonRefusal::AlreadyThere { name }, Lang::Zh) => format!(
                "本单位已经登记了“{name}”。如果是同一个人，请修改那条登记；如果是同名的另一个人，请填写不同的电话以便区分。"
            ),
            (PersonRefusal::AlreadyThere { name }, Lang::En) => format!(
                "“{name}” is registered here already. If it is the same person, change that record; if it is another of the same name, enter a different phone number to tell them apart."
            ),
            (PersonRefusal::HasLeft { name }, Lang::Zh) => {
                format!("“{name}”已经离任，登记只供查阅。回来任职的，请重新登记。")
            }
            (PersonRefusal::HasLeft { name }, Lang::En) => {
                format!(
                    "“{name}” has left: the record can only be read. Somebody who comes back has to be registered again."
                )
            }
            (PersonRefusal::LeftDayMissing, Lang::Zh) => "请填写离任日期。".to_owned(),
            (PersonRefusal::LeftDayMissing, Lang::En) => "Enter the day of leaving.".to_owned(),
            (PersonRefusal::LeftBeforeSince { since_on }, Lang::Zh) => {
                format!("离任日期早于任职日期 {since_on}，请核对。")
            }
            (PersonRefusal::LeftBeforeSince { since_on }, Lang::En) => {
                format!("The day of leaving is before the start on {since_on}. Check it.")
            }
        }
    }

    fn key(&self) -> &'static str {
        match self {
            PersonRefusal::NameMissing => "person/name-missing",
            PersonRefusal::NotAName => "person/not-a-name",
            PersonRefusal::SeveralPeople { .. } => "person/several-people",
            PersonRefusal::NotOnePerson { .. } => "person/not-one-person",
            PersonRefusal::PostMissing => "person/post-missing",
            PersonRefusal::DutyTooLong => "person/duty-too-long",
            PersonRefusal::ChairTaken { .. } => "person/chair-taken",
            PersonRefusal::AlreadyThere { .. } => "person/already-there",
            PersonRefusal::HasLeft { .. } => "person/has-left",
            PersonRefusal::LeftDayMissing => "person/left-day-missing",
            PersonRefusal::LeftBeforeSince { .. } => "person/left-before-since",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_keep_their_shape_and_lose_their_middle() {
        let phones = ["13861012345", "0519-86681234", "86681234", "1234567"];
        assert_eq!(
            phones.map(masked_phone),
            ["138****2345", "051*-****1234", "****1234", "***4567"]
        );
    }
}
