"""What the scripts of recordings and of trying out say, in the viewer's language."""

from dashboard.palette import COLOURS
from dashboard.vocabulary import emotion_names
from model.emotions import EMOTIONS
from server.languages import gettext, ngettext


def recording_words() -> dict[str, str | dict[str, str]]:
    """Return every sentence under its name, as `dashboard.desk.words.page_words` does."""
    return {**_rows(), **_form(), **_frames(), **_faces(), **_camera()}


def _rows() -> dict[str, str | dict[str, str]]:
    return {
        "title_recordings": gettext("Recordings"),
        "left_seconds": gettext("About {n} s left."),
        "left_minutes": gettext("About {n} min left."),
        "left_hours": gettext("About {hours} h {minutes} min left."),
        "recording_pause": gettext("Pause"),
        "recording_resume": gettext("Go on"),
        "recording_again": gettext("Try again"),
        "recording_cancel": gettext("Cancel"),
        "recording_remove": gettext("Remove from this list"),
        "recording_frames": gettext("Look at the frames"),
        "recording_session": gettext("Session"),
        "recording_report": gettext("Report"),
        "recording_download": gettext("Report as PDF"),
        "of_recording": gettext("{what}: {title}"),
        "told_of_recording": gettext("{title}: {what}"),
        "upload_sending": gettext("Sending: {done} of {all} MB."),
        "upload_paused": gettext("Paused at {done} of {all} MB."),
        "upload_resting": gettext(
            "The server can’t be reached or is busy; trying again in {n} s. "
            "{done} of {all} MB are sent."
        ),
        "upload_elsewhere": gettext("Being sent by another page: {done} of {all} MB."),
        "upload_broken_off": gettext(
            "Broken off at {done} of {all} MB. Choose the same file again, and it goes on there."
        ),
        "upload_stopped": gettext("{done} of {all} MB were sent."),
        "video_waiting": gettext("All of it is here; it waits for its turn."),
        "video_waiting_behind": {
            "one": ngettext("All of it is here; {n} recording is read before it.",
                            "All of it is here; {n} recordings are read before it.", 1),
            "other": ngettext("All of it is here; {n} recording is read before it.",
                              "All of it is here; {n} recordings are read before it.", 2),
        },
        "video_reading": gettext("Reading: {done} of {all}, {frames} frames."),
        "video_reading_on": gettext("Reading: {done} so far, {frames} frames."),
        "video_done": {
            "one": ngettext("Done: {frames} frame of {done}.", "Done: {frames} frames of {done}.",
                            1),
            "other": ngettext("Done: {frames} frame of {done}.", "Done: {frames} frames of {done}.",
                              2),
        },
        "video_failed": gettext("It could not be read."),
        "video_cancelled": gettext("Cancelled. Nothing of it is kept."),
        "ask_cancel": gettext(
            "Cancel “{title}”? The file and all that was counted of it are erased from the server."
        ),
    }  # fmt: skip


def _form() -> dict[str, str | dict[str, str]]:
    return {
        "no_file": gettext("mp4, mov, webm, avi, mkv, flv or gif; 2 GB at most"),
        "file_chosen": gettext("{name}, {n} MB"),
        "choose_first": gettext("Choose a recording first."),
        "title_first": gettext("Give it a title, so that you find it again."),
        "students_wrong": gettext("Expect between 1 and 10 000 students, or leave the number out."),
        "started_wrong": gettext("Give the day and the time in full, or leave both out."),
        "video_unknown": gettext(
            "That is none of mp4, mov, webm, avi, mkv, flv and gif. Save the recording as MP4 and "
            "choose that."
        ),
        "video_empty": gettext("That file is empty. Choose another one."),
        "video_too_large": gettext(
            "That file has {size} GB; at most 2 GB can be taken. Save it with fewer pixels or cut "
            "it in two."
        ),
        "file_gone": gettext("The file can’t be read any more: it was moved, changed or removed."),
        "sent_elsewhere": gettext("Another tab is sending this recording."),
        "half_there": gettext(
            "A part of this file is here already, as “{title}”: {done} of {all} MB."
        ),
    }


def _frames() -> dict[str, str | dict[str, str]]:
    return {
        "play": gettext("Play"),
        "stop": gettext("Stop"),
        "not_yours": gettext(
            "Frames are shown only to whoever uploaded the recording, and only during that visit: "
            "in the same tab, and until their page is left."
        ),
        "visit_over": gettext(
            "This visit is over and the pictures are erased. The session and its report stay."
        ),
        "frames_soon": gettext("The first frames are being read."),
        "frames_thinned": gettext(
            "The recording is long: one of {n} frames that were read is held to be looked at."
        ),
        "no_frames": gettext("No frames are held of this recording."),
        "frame_where": gettext("Frame {frame} of {frames}, at {time}"),
        "frame_value": gettext("{time}, faces: {n}"),
        "most_overall": gettext("Most frequent: {emotion}, of {n} faces."),
        "no_faces_overall": gettext("No faces so far."),
        "steps_told": gettext("Changes are those of the report: beyond noise."),
        "steps_most": gettext(
            "No change beyond noise is told; the buttons lead to where another expression becomes "
            "the most frequent one."
        ),
        "steps_none": gettext(
            "No change beyond noise is told, and the same expression is the most frequent one in "
            "every frame."
        ),
        "steps_later": gettext(
            "Changes beyond noise are told when all is read; until then the buttons lead to where "
            "another expression becomes the most frequent one."
        ),
    }


def _faces() -> dict[str, str | dict[str, str]]:
    return {
        "title_try": gettext("What the system sees"),
        "emotions": {str(e): emotion_names()[e] for e in EMOTIONS},
        "emotion_colours": {str(e): COLOURS[e] for e in EMOTIONS},
        "faces_counted": {
            "one": ngettext("{n} face", "{n} faces", 1),
            "other": ngettext("{n} face", "{n} faces", 2),
        },
        "faces_found": {
            "one": ngettext("{n} face was found.", "{n} faces were found.", 1),
            "other": ngettext("{n} face was found.", "{n} faces were found.", 2),
        },
        "faces_in_view": {
            "one": ngettext("{n} face in view", "{n} faces in view", 1),
            "other": ngettext("{n} face in view", "{n} faces in view", 2),
        },
        "no_face_in_view": gettext("No face in view"),
        "picture_reading": gettext("Reading the picture…"),
        "picture_without_faces": gettext("No faces were found in this picture."),
        "picture_unknown": gettext("That is none of JPEG, PNG and WebP. Save the picture as JPEG."),
        "picture_empty": gettext("That file is empty. Choose another one."),
        "picture_too_large": gettext(
            "That picture has {size} MB; at most 5 MB can be read. Save it smaller."
        ),
        "picture_unreadable": gettext(
            "That picture can’t be opened: it is damaged, or not what its name says."
        ),
    }


def _camera() -> dict[str, str | dict[str, str]]:
    return {
        "camera_starting": gettext("Waiting for the camera…"),
        "camera_denied": gettext(
            "The browser gives this page no camera. Allow it in the address bar and start again."
        ),
        "camera_missing": gettext("No camera was found. Plug one in and start again."),
        "camera_taken": gettext(
            "The camera can’t be opened: another program may be using it. Close that and start "
            "again."
        ),
        "camera_failed": gettext("The camera can’t be opened: {why}"),
        "camera_gone": gettext("The camera was unplugged or switched off."),
        "camera_hidden": gettext("The camera was stopped, because this page was hidden."),
        "camera_impossible": gettext(
            "Browsers give no page a camera over plain http. Open Roomtone over https, or on the "
            "server’s own computer."
        ),
    }
