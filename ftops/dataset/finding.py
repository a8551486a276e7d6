"""What a check has to say: findings, each with a stable code that is explained in one table."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error makes the file illegal; a warning is worth knowing."""

    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """The stable codes; a code keeps its meaning for ever and is never given to another one."""

    NOT_JSON = "FT001"
    NOT_UTF8 = "FT002"
    BYTE_ORDER_MARK = "FT003"
    BLANK_LINE = "FT004"
    NOT_AN_OBJECT = "FT005"
    DUPLICATE_KEY = "FT006"
    TOO_DEEP = "FT007"
    TOO_LONG = "FT008"
    LONE_SURROGATE = "FT009"
    UNREADABLE = "FT010"
    WINDOWS_LINES = "FT011"
    WRONG_FORMAT = "FT020"
    MISSING_KEY = "FT021"
    UNKNOWN_KEY = "FT022"
    WRONG_TYPE = "FT023"
    WRONG_VALUE = "FT024"
    WRONG_ROLE = "FT025"
    WRONG_WEIGHT = "FT026"
    WRONG_PART = "FT027"
    NO_MESSAGES = "FT030"
    NO_CONTENT = "FT031"
    NO_ASSISTANT = "FT032"
    NOTHING_TRAINED = "FT033"
    NOT_ONE_ANSWER = "FT034"
    NOT_TEXT_ONLY = "FT035"
    ENDS_UNANSWERED = "FT036"
    ENDS_ANSWERED = "FT037"
    CALL_WITHOUT_ANSWER = "FT038"
    ANSWER_WITHOUT_CALL = "FT039"
    REPEATED_CALL_ID = "FT040"
    LATE_INSTRUCTIONS = "FT041"
    TOO_MANY_IMAGES = "FT042"
    WRONG_IMAGE_URL = "FT043"
    WRONG_IMAGE = "FT044"
    IMAGE_TOO_LARGE = "FT045"
    TOO_FEW_EXAMPLES = "FT050"
    EXAMPLES_CUT = "FT051"
    TOO_MANY_EXAMPLES = "FT052"
    FILE_TOO_LARGE = "FT053"
    TOO_MANY_IMAGE_EXAMPLES = "FT054"
    REPEATED_ROWS = "FT201"
    NEAR_COPIES = "FT202"
    CONFLICTING_ANSWERS = "FT203"
    SAME_ANSWERS = "FT204"
    LEAKED_ROWS = "FT205"
    NEARLY_LEAKED_ROWS = "FT206"
    UNUSUAL_LENGTH = "FT207"
    UNUSUAL_TURNS = "FT208"
    MISSING_SYSTEM_PROMPT = "FT209"
    VARYING_SYSTEM_PROMPT = "FT210"
    UNBALANCED_LABELS = "FT211"
    MIXED_LANGUAGES = "FT212"
    MANY_REFUSALS = "FT213"
    MUCH_BOILERPLATE = "FT214"
    FEW_EXAMPLES = "FT215"
    PRIVATE_KEY = "FT301"
    API_KEY = "FT302"
    JWT = "FT303"
    PASSWORD = "FT304"  # noqa: S105 - a code, no password
    CARD = "FT311"
    IBAN = "FT312"
    US_SSN = "FT321"
    UK_NINO = "FT322"
    DE_IDNR = "FT323"
    FR_NIR = "FT324"
    ES_DNI = "FT325"
    IT_CODICE_FISCALE = "FT326"
    NL_BSN = "FT327"
    BR_CPF = "FT328"
    CA_SIN = "FT329"
    CH_AHV = "FT330"
    BE_NN = "FT331"
    PL_PESEL = "FT332"
    SE_PERSONNUMMER = "FT333"
    IN_AADHAAR = "FT334"
    EMAIL = "FT351"
    PHONE = "FT352"
    IP_ADDRESS = "FT361"
    BIRTH_DATE = "FT362"
    PERSON_NAME = "FT363"
    LOCATION = "FT364"


MEANINGS = {
    Code.NOT_JSON: "The line is not one whole JSON value.",
    Code.NOT_UTF8: "The line has bytes that are not UTF-8.",
    Code.BYTE_ORDER_MARK: "The file starts with a byte order mark.",
    Code.BLANK_LINE: "The line is blank.",
    Code.NOT_AN_OBJECT: "The line is JSON, but not an object.",
    Code.DUPLICATE_KEY: "An object has one key twice, and readers differ on which one counts.",
    Code.TOO_DEEP: "The row is nested deeper than any reader should have to follow.",
    Code.TOO_LONG: "The line is longer than a row can sensibly be.",
    Code.LONE_SURROGATE: "A text has half of a surrogate pair, which is no character.",
    Code.UNREADABLE: "The row cannot be read exactly, for example a number out of range.",
    Code.WINDOWS_LINES: "Lines end as on Windows, so other checkouts may have other bytes.",
    Code.WRONG_FORMAT: "The row is of a format that the method does not train on.",
    Code.MISSING_KEY: "A required key is missing.",
    Code.UNKNOWN_KEY: "A key is not part of the format.",
    Code.WRONG_TYPE: "A value has the wrong JSON type.",
    Code.WRONG_VALUE: "A value is none of the allowed ones.",
    Code.WRONG_ROLE: "A message has no known role, or one that may not stand here.",
    Code.WRONG_WEIGHT: "A weight is neither the number 0 nor the number 1.",
    Code.WRONG_PART: "A content part is of a type that its message may not have.",
    Code.NO_MESSAGES: "There are no messages.",
    Code.NO_CONTENT: "A message has nothing in it.",
    Code.NO_ASSISTANT: "No assistant message is there to learn from.",
    Code.NOTHING_TRAINED: "Every assistant message has weight 0, so nothing is learned.",
    Code.NOT_ONE_ANSWER: "A preference output is not exactly one assistant message.",
    Code.NOT_TEXT_ONLY: "A preference row has an image; the method takes text only.",
    Code.ENDS_UNANSWERED: "The conversation goes on after the last answer to learn from.",
    Code.ENDS_ANSWERED: "The prompt already ends with an answer.",
    Code.CALL_WITHOUT_ANSWER: "A tool is called, and the conversation goes on without its answer.",
    Code.ANSWER_WITHOUT_CALL: "A tool message answers no call that is open where it stands.",
    Code.REPEATED_CALL_ID: "Two calls of one message have the same id.",
    Code.LATE_INSTRUCTIONS: "A system or developer message stands in the middle.",
    Code.TOO_MANY_IMAGES: "An example has more pictures than the provider takes.",
    Code.WRONG_IMAGE_URL: "A picture's URL is neither http(s) nor a data URL.",
    Code.WRONG_IMAGE: "A data URL holds no JPEG, PNG or WEBP, and the provider skips it.",
    Code.IMAGE_TOO_LARGE: "A picture is larger than the provider takes, which skips it.",
    Code.TOO_FEW_EXAMPLES: "The file has fewer examples than a job takes.",
    Code.EXAMPLES_CUT: "Some examples are longer than the model's training context.",
    Code.TOO_MANY_EXAMPLES: "The file has more examples than reinforcement takes.",
    Code.FILE_TOO_LARGE: "The file is larger than one upload may be.",
    Code.TOO_MANY_IMAGE_EXAMPLES: "More examples have pictures than the provider takes.",
    Code.REPEATED_ROWS: "Rows are equal, but for case and spaces.",
    Code.NEAR_COPIES: "Rows differ in few words.",
    Code.CONFLICTING_ANSWERS: "One prompt has different answers.",
    Code.SAME_ANSWERS: "A preference is between an answer and the very same one.",
    Code.LEAKED_ROWS: "Validation asks what training answers.",
    Code.NEARLY_LEAKED_ROWS: "A validation prompt differs in few words from a training prompt.",
    Code.UNUSUAL_LENGTH: "Rows or answers are far longer or shorter than the others.",
    Code.UNUSUAL_TURNS: "Conversations have far more turns than the others.",
    Code.MISSING_SYSTEM_PROMPT: "Rows lack the system prompt that others have.",
    Code.VARYING_SYSTEM_PROMPT: "A system prompt differs a little from the usual one.",
    Code.UNBALANCED_LABELS: "One label drowns the others.",
    Code.MIXED_LANGUAGES: "Answers are in another language than nearly all the others.",
    Code.MANY_REFUSALS: "So many answers decline that the model learns to.",
    Code.MUCH_BOILERPLATE: "Many answers begin or end with the same sentence.",
    Code.FEW_EXAMPLES: "There are enough examples to try, but few to learn from.",
    Code.PRIVATE_KEY: "A text has a private key.",
    Code.API_KEY: "A text has a key of a well-known provider.",
    Code.JWT: "A text has a JSON web token.",
    Code.PASSWORD: "A text gives away a password, a secret or a token.",
    Code.CARD: "A text has the number of a payment card.",
    Code.IBAN: "A text has an international bank account number.",
    Code.US_SSN: "A text has a US social security number.",
    Code.UK_NINO: "A text has a UK national insurance number.",
    Code.DE_IDNR: "A text has a German tax id.",
    Code.FR_NIR: "A text has a French social security number.",
    Code.ES_DNI: "A text has a Spanish DNI or NIE.",
    Code.IT_CODICE_FISCALE: "A text has an Italian codice fiscale.",
    Code.NL_BSN: "A text has a Dutch BSN.",
    Code.BR_CPF: "A text has a Brazilian CPF.",
    Code.CA_SIN: "A text has a Canadian social insurance number.",
    Code.CH_AHV: "A text has a Swiss AHV number.",
    Code.BE_NN: "A text has a Belgian national number.",
    Code.PL_PESEL: "A text has a Polish PESEL.",
    Code.SE_PERSONNUMMER: "A text has a Swedish personnummer.",
    Code.IN_AADHAAR: "A text has an Indian Aadhaar number.",
    Code.EMAIL: "A text has an e-mail address.",
    Code.PHONE: "A text has a telephone number.",
    Code.IP_ADDRESS: "A text has a public IP address.",
    Code.BIRTH_DATE: "A text has somebody's date of birth.",
    Code.PERSON_NAME: "A text has somebody's name, by the language model that the spec names.",
    Code.LOCATION: "A text has a place or an address, by the model that the spec names.",
}
"""Every code in one sentence."""

AMOUNTS = frozenset(
    {
        Code.TOO_FEW_EXAMPLES,
        Code.TOO_MANY_EXAMPLES,
        Code.FILE_TOO_LARGE,
        Code.TOO_MANY_IMAGE_EXAMPLES,
    }
)
"""The codes about what is uploaded as a whole."""

QUALITY = frozenset(code for code in Code if code.startswith("FT2"))
"""The codes about data that is legal but unwise."""

PRIVACY = frozenset(code for code in Code if code.startswith("FT3"))
"""The codes about personal data and secrets; a spec's `privacy` decides how severe each is."""

WARNINGS = QUALITY | {
    Code.BYTE_ORDER_MARK,
    Code.WINDOWS_LINES,
    Code.ENDS_UNANSWERED,
    Code.ENDS_ANSWERED,
    Code.LATE_INSTRUCTIONS,
    Code.WRONG_IMAGE,
    Code.IMAGE_TOO_LARGE,
    Code.EXAMPLES_CUT,
    Code.EMAIL,
    Code.PHONE,
    Code.IP_ADDRESS,
    Code.BIRTH_DATE,
    Code.PERSON_NAME,
    Code.LOCATION,
}
"""The codes that leave a file legal; all others are errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found: where (`path` is like `messages[1].content`), what, and what to do.

    The excerpt is a piece of the line and, below it, a caret.
    """

    severity: Severity
    code: Code
    message: str
    hint: str | None = None
    file: str | None = None
    line: int | None = None
    path: str = ""
    column: int | None = None
    excerpt: str | None = None


def find(code: Code, message: str, *, path: str = "", hint: str | None = None) -> Finding:
    """Return a finding of the code's own severity, not yet placed in a file."""
    severity = Severity.WARNING if code in WARNINGS else Severity.ERROR
    return Finding(severity=severity, code=code, message=message, hint=hint, path=path)
