"""What a teacher needs beside the lessons: routes with minutes, printed sheets, question banks for an LMS, kits."""
