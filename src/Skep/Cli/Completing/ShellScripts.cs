namespace Skep.Cli.Completing;

/// <summary>What each shell must run to ask the program what can follow.</summary>
/// <remarks>PROGRAM stands for its name, KEEP for the filter of its answer.</remarks>
internal static class ShellScripts
{
    // bash splits words at = and :, the program does not: what bash has of the word before the cursor is taken off.
    // Only in a list (its types 33, 63 and 64) descriptions have a place: anything else bash puts into the line.
    public const string Bash = """
        # bash completion for PROGRAM
        _PROGRAM_complete() {
            local line=${COMP_LINE:0:COMP_POINT} cur=${COMP_WORDS[COMP_CWORD]} words last found index word
            read -ra words <<<"$line"
            [[ $line == *[[:space:]] ]] && words+=("")
            last=${words[-1]}
            [[ $cur == [=:] ]] && cur=
            COMPREPLY=()
            while IFS= read -r found; do
                if [[ $found == :files ]]; then
                    compopt -o default 2>/dev/null
                else
                    COMPREPLY+=("${found#"${last%"$cur"}"}")
                fi
            done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null | KEEP)
            for index in "${!COMPREPLY[@]}"; do
                found=${COMPREPLY[index]} word=${COMPREPLY[index]%%$'\t'*}
                COMPREPLY[index]=$word
                if [[ $found != "$word" && ${#COMPREPLY[@]} -gt 1 && ${COMP_TYPE:-9} =~ ^(33|63|64)$ ]]; then
                    COMPREPLY[index]+="  (${found#*$'\t'})"
                fi
            done
            [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
            return 0
        }
        complete -F _PROGRAM_complete PROGRAM

        """;

    public const string Fish = """
        # fish completion for PROGRAM
        function __PROGRAM_complete
            set -l words (commandline -opc) (commandline -ct)
            for found in ($words[1] __complete $words[2..-1] 2>/dev/null | KEEP)
                if test "$found" = ":files"
                    __fish_complete_path (commandline -ct)
                else
                    echo $found
                end
            end
        end
        complete -c PROGRAM -f -a '(__PROGRAM_complete)'

        """;

    public const string Zsh = """
        #compdef PROGRAM
        # zsh completion for PROGRAM
        _PROGRAM() {
            local found word
            local -a names
            for found in "${(@f)$(${words[1]} __complete "${(@)words[2,CURRENT]}" 2>/dev/null | KEEP)}"; do
                [[ -z $found ]] && continue
                if [[ $found == :files ]]; then
                    _files
                    continue
                fi
                word=${found%%$'\t'*}
                if [[ $found == *$'\t'* ]]; then
                    names+=("${word//:/\\:}:${found#*$'\t'}")
                else
                    names+=("${word//:/\\:}")
                fi
            done
            (( ${#names} )) && _describe PROGRAM names
        }
        if [[ ${funcstack[1]} == _PROGRAM ]]; then
            _PROGRAM "$@"
        else
            compdef _PROGRAM PROGRAM
        fi

        """;
}
