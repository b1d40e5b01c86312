//! Everything that somebody may do, area by area.

use serde::{Deserialize, Serialize};

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Everything that somebody may do. What was done under it stands in the trail as a `Deed`, often by the same name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Act {
            $($(#[$doc])* $name,)*
        }

        /// The same as types, for the permits that deciding functions take.
        pub mod act {
            use super::{Act, Permitted};

            $(
                $(#[$doc])*
                #[derive(Clone, Copy, Debug)]
                pub struct $name;

                impl Permitted for $name {
                    fn act(self) -> Act {
                        Act::$name
                    }
                }
            )*
        }
    };
}

acts! {
    // the register
    /// Registers a unit below the unit.
    CreateUnit,
    /// Corrects the fields that are the union's own.
    EditUnit,
    /// Corrects the other fields, too: name, kind, division.
    CorrectUnit,
    MoveUnit,
    ImportUnits,
    EditPeople,
    // the year sheet
    SayFacts,
    LogActivity,
    AttachEvidence,
    /// Prepares and holds the members' rating of the union.
    HoldPoll,
    /// Makes the slips where that is asked for, and declares a poll void.
    SupervisePoll,
    /// Agrees that the union holds a second poll, which replaces the year's result.
    ConsentToPoll,
    // the round
    DraftApplication,
    SubmitApplication,
    WithdrawApplication,
    DeclareConflict,
    RecordFinding,
    /// Takes a file in hand, gives it back, or says that one is through with it.
    TakeFile,
    /// Gives a file to a colleague of the office.
    GiveFile,
    /// Notes something on a file for the offices alone.
    NoteFile,
    EndorseApplication,
    ReturnApplication,
    RejectApplication,
    DecideApplication,
    RecommendApplication,
    /// Recommends the next reserve when a place came free.
    TakeUpReserve,
    CloseRecommendation,
    /// Shows the candidates for a title in public, and takes them down.
    PublishCandidates,
    /// Gives shares of a federation's places on to the townships below it.
    SplitQuota,
    NameApplications,
    /// Assigns objections and answers them.
    HandleObjection,
    /// Looks into the objections that were assigned to one.
    LookIntoObjection,
    SetCalendar,
    /// Reads the notice that a round goes out with.
    SeeNotice,
    SetQuota,
    RecordVeto,
    /// Asks the departments about the units of a round.
    SendLists,
    /// Looks over what the departments were asked, and what they answer.
    SeeLists,
    /// Answers for a department.
    AnswerList,
    /// Says something against what a department says of the unit.
    ReplyToEntry,
    /// Upholds or lifts what a department said of a unit.
    DecideEntry,
    /// Decides on a visit that found a unit short, and takes such a decision back.
    DecideVisit,
    /// Answers for the unit that was visited: comments, states its view, says that it mended.
    AnswerVisit,
    /// Records that the plaque of a title that was taken came back.
    ReturnPlaque,
    /// Finds that titles still hold when they are looked at again.
    RenewHonours,
    /// Reminds the units below a federation of what they have not done.
    RemindBelow,
    /// Sees what the unions below a federation lack, what changed there and who is one step away.
    SeeInsight,
    ChangeHonour,
    ReconfirmHonour,
    // spot checks
    /// Publishes the frame of a spot check, and enters the number that it is drawn by.
    HoldSpotCheck,
    /// Sees who is in the frame, who was drawn and who inspects.
    SeeSpotCheck,
    /// Inspects homes of other districts for which one was drawn: asked for at the federation that one comes from.
    InspectHome,
    // money
    /// Records what the yearly subsidy of a unit starts from.
    RecordSubsidyBase,
    /// Looks over what the yearly subsidies of all units start from.
    SeeSubsidyBases,
    /// Reckons the subsidies of a year.
    ReckonSubsidies,
    // sharing
    /// Writes down the union's experience, with its photos.
    WriteCase,
    /// Answers for the union: hands a case in, agrees to its edited text or not, has it taken down.
    AnswerForCase,
    /// Recommends a case upward, sends it back or leaves it.
    RecommendCase,
    /// Edits a case for the city, and asks the union's consent.
    EditCase,
    /// Publishes a case that the union agreed to, and takes one down.
    PublishCase,
    /// Opens a topic of study, answers what comes, closes it.
    OpenTopic,
    /// Says something on a topic for the union.
    ContributeToTopic,
    /// Calls a meeting.
    HoldMeeting,
    /// Books places at a meeting for the union, and cancels them.
    BookMeeting,
    /// Marks who came, for the union that is host.
    HostMeeting,
    // the x-ray of the data
    /// Sees what in the data of the unions below contradicts itself.
    SeeDoubts,
    /// Has the data below a federation looked through.
    XrayBelow,
    /// Asks a union about a contradiction, closes one.
    HandleDoubts,
    /// Answers for the union what it is asked about its data.
    AnswerDoubt,
    // priority
    /// Sees who goes first for a higher honour.
    SeePriority,
    /// Notes who was put forward for a higher honour, and what came of it.
    PutForward,
    // the standard
    /// Sees new versions of the standard while they are prepared.
    SeeAmendments,
    /// Prepares a new version of the standard.
    PrepareAmendment,
    /// Proposes, confirms or withdraws a version that is to hold.
    PutInForce,
    // changes of the standard
    /// Looks at what a change of the standard would come to for the units of a federation.
    AskWhatIf,
    /// Keeps such a change as a proposal for colleagues.
    ProposeChange,
    /// Looks over what units below were granted, were paid and spent.
    SeeMoney,
    /// Reads what a unit was granted, was paid and spent, entry by entry.
    SeeUnitMoney,
    /// Says where a unit is paid.
    SayBankDetails,
    /// Grants money, releases it, and takes such entries back.
    GrantMoney,
    /// Prepares a payment run, withdraws it, enters what the bank says of it.
    PreparePayment,
    /// Approves a payment run that somebody else prepared, and fetches its file.
    ApprovePayment,
    /// Enters what the unit spent, and corrects it.
    RecordSpending,
    /// Enters what a unit paid back, or what is demanded back of it.
    TakeMoneyBack,
    /// Closes the books of a year.
    CloseBooks,
    // the office
    ManageAccounts,
    /// Makes and retires the keys that sign certificates.
    ManageCertificateKeys,
    /// Looks over what runs in the background, stops it, has it tried again.
    ManageJobs,
    /// Makes accounts for chairs and clerks of the unit, gives them one-time codes, and hands a chair's over.
    InviteBelow,
    /// Looks over what goes out by mail and text message, has it tried again.
    ManagePost,
    /// Reads and answers what the public writes.
    AnswerLetter,
    ReadAudit,
    /// Makes the archive of a year: all that its round left, internal notes too.
    MakeArchive,
    ImportDivisions,
    ImportTitles,
    ImportVetoes,
    ImportAnswers,
}

/// What a permit can be for: one act by its type, or an `Act` that is known only when the program runs.
pub trait Permitted: Copy {
    fn act(self) -> Act;
}

impl Permitted for Act {
    fn act(self) -> Act {
        self
    }
}
